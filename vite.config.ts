import { defineConfig, type Plugin } from 'vite';

/** The window runs in a sandbox: a part that needs Node must not slip into it. */
const noNode: Plugin = {
  name: 'no-node',
  enforce: 'pre',
  resolveId(source, importer) {
    if (source.startsWith('node:') || source === 'electron') {
      throw new Error(`${importer ?? 'the window'} imports ${source}, which is not there in a window.`);
    }
    return null;
  },
};

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [noNode],
  worker: { plugins: () => [noNode] },
  esbuild: { jsx: 'automatic' },
  build: {
    rollupOptions: {
      // Comments of packages that rollup cannot place; nothing is lost.
      onwarn: (warning, warn) => warning.code === 'INVALID_ANNOTATION' || warn(warning),
    },
    outDir: '../dist/renderer',
    emptyOutDir: true,
    // Electron 33 and newer, and current browsers.
    target: 'chrome130',
    sourcemap: true,
    chunkSizeWarningLimit: 1500,
    // The page's policy allows no data: scripts, and a worklet is a script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  logLevel: 'warn',
});
