import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Left and right are other places where text runs from right to left: styles say start and end. */
const physical =
  /(^|[\s;{])((margin|padding|border)-(left|right|top-left-radius|top-right-radius)|left|right|float)\s*:|text-align:\s*(left|right)/;

it.each(readdirSync(import.meta.dirname).filter((name) => name.endsWith('.css')))(
  'holds from right to left: %s',
  (name) => {
    const lines = readFileSync(join(import.meta.dirname, name), 'utf8').split('\n');
    expect(lines.filter((line) => physical.test(line))).toEqual([]);
  },
);
