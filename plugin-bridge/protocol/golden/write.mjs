// Writes golden/frames.json anew: npx esbuild-bundled by `npm run golden:protocol`. Only when the protocol changes.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const bundled = await build({
  stdin: {
    contents: "export * from './frames.ts'; export * from '../frame.ts';",
    resolveDir: here,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
});
const source = Buffer.from(bundled.outputFiles[0].contents).toString('base64');
const { goldenFrames, encodeFrame } = await import(`data:text/javascript;base64,${source}`);
const written = goldenFrames.map(({ label, frame }, index) => ({
  label,
  hex: Buffer.from(encodeFrame({ ...frame, sequence: BigInt(index) })).toString('hex'),
}));
writeFileSync(`${here}frames.json`, `${JSON.stringify(written, null, 2)}\n`);
