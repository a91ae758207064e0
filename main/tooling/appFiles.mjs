import { existsSync, readFileSync } from 'node:fs';

/** What the packaged app consists of besides its dependencies: the built programs and the packs' manifests. */
const wanted = ['/package.json', '/LICENSE', '/dist', '/models', '/models/packs', '/node_modules'];
/** Providers for other systems: each system's package carries its own. */
const otherSystems = /\/onnxruntime-node\/bin\/napi-v\d+\/(?!PLATFORM)/;
/** Chunks of earlier builds (./build.mjs). This file is bundled by who packages, in the project's folder. */
const supersededFile = 'dist/superseded.json';
const superseded = existsSync(supersededFile) ? JSON.parse(readFileSync(supersededFile, 'utf8')) : {};

export function appFiles(path) {
  if (path === '') return true;
  if (path.endsWith('.map') || /\/dist\/(demo\.js|renderer\/stamp|superseded\.json)$/.test(path))
    return false;
  if (path.startsWith('/dist/') && path.slice('/dist/'.length) in superseded) return false;
  const own = new RegExp(otherSystems.source.replace('PLATFORM', process.platform));
  if (own.test(path)) return false;
  return wanted.some((each) => path === each || (each !== '/models' && path.startsWith(`${each}/`)));
}
