import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import layering from '../main/tooling/lint/layering.js';

const json = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));
const versions = z.record(z.string(), z.string()).default({});
const manifest = z.object({ dependencies: versions, devDependencies: versions }).parse(json('package.json'));
const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        hasInstallScript: z.boolean().optional(),
        resolved: z.string().optional(),
        optionalDependencies: versions,
      }),
    ),
  })
  .parse(json('package-lock.json'));

describe('dependencies', () => {
  it('are pinned to exact versions', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies };
    const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });

  it('run install scripts only after a review (none does: .npmrc ignores them all)', () => {
    const withScripts = Object.entries(lock.packages)
      .filter(([, entry]) => entry.hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    const reviewed = Object.keys(
      z.record(z.string(), z.string()).parse(json('main/tooling/reviewedInstallScripts.json')),
    );
    expect([...new Set(withScripts)].sort()).toEqual(reviewed.sort());
    expect(readFileSync(new URL('../.npmrc', import.meta.url), 'utf8')).toContain('ignore-scripts=true');
  });

  it('are locked for every platform: npm 11 refuses a lock file that leaves one out', () => {
    const names = new Set(Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, '')));
    const wanted = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies));
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });

  it('are locked by content, not by the address they once came from', () => {
    const addressed = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined);
    expect(addressed).toEqual([]);
  });
});

describe('the layering rule', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const complaints = (file: string, specifier: string): string[] => {
    const found: string[] = [];
    const visitor = layering.rules.layering.create({
      filename: `${root}${file}`,
      report: ({ message }) => found.push(message),
    });
    visitor.ImportDeclaration({ source: { value: specifier } });
    return found;
  };

  it.each([
    ['main/contracts/units.ts', '../audio/stft.ts'],
    ['main/contracts/units.ts', 'node:fs'],
    ['main/engine/engine.ts', '../inference/main.ts'],
    ['main/engine/engine.ts', 'electron'],
    ['renderer/app.tsx', '../main/engine/engine.ts'],
    ['renderer/app.tsx', 'node:path'],
  ])('refuses that %s imports %s', (file, specifier) => {
    expect(complaints(file, specifier)).toHaveLength(1);
  });

  it.each([
    ['main/engine/engine.ts', '../contracts/units.ts'],
    ['main/engine/engine.ts', 'node:fs'],
    ['main/app/window.ts', 'electron'],
    ['renderer/app.tsx', '../main/contracts/tags.ts'],
  ])('lets %s import %s', (file, specifier) => {
    expect(complaints(file, specifier)).toEqual([]);
  });
});
