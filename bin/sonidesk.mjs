#!/usr/bin/env node
// Starts the built command line.
import { existsSync } from 'node:fs';

const program = new URL('../dist/sonidesk.js', import.meta.url);
if (!existsSync(program)) {
  console.error('sonidesk: it has not been built yet. Run this once in its folder: npm run setup');
  process.exit(1);
}
await import(program.href);
