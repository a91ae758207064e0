import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWav } from '../../test/support/writeWav.ts';
import { neutralStrip } from '../audio/strip/neutral.ts';
import { player } from './player.ts';
import type { ReportData } from './reportData.ts';
import { hrefFrom, writeReport } from './writeReport.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-report-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const tone = (name: string, frames: number): Promise<string> =>
  writeWav(
    join(folder, `${name}.wav`),
    [Float32Array.from({ length: frames }, (_, i) => 0.5 * Math.sin(i / 10))],
    { sampleRate: 8000 },
  );

async function sample(names: readonly string[], frames = 16000): Promise<ReportData> {
  const level = { integratedLufs: -18.2, truePeakDb: null };
  return {
    title: 'A "song" <script>alert(1)</script> & more',
    run: {
      version: 1,
      inputs: [join(folder, 'song.wav')],
      tags: {
        tempo: { bpm: 120, confidence: 0.9 },
        beats: [0, 0.5, 1, 1.5],
        downbeats: [0],
        key: { tonic: 'G', mode: 'major', confidence: 0.8 },
        loudness: { integrated: -18.2, range: null, truePeak: -1 },
        durationSeconds: 2,
        sections: [],
        content: {
          instruments: [
            { name: 'synth lead', confidence: 0.8 },
            { name: 'reed', confidence: 0.2 },
          ],
          roles: [],
          voice: [{ start: 0.5, end: 1.5 }],
          drums: [],
          withFeatures: true,
        },
      },
      tagsFile: join(folder, 'tags.json'),
      tracks: await Promise.all(
        names.map(async (name) => ({ name, file: await tone(name, frames), tags: null, notes: null })),
      ),
      separation: null,
      transcription: null,
      mix: { output: join(folder, 'mix.json'), render: null },
      notes: ['The pack htdemucs is not installed.'],
      seconds: 1.5,
    },
    plan: {
      version: 1,
      tracks: names.map((name) => ({ name, role: 'other', strip: neutralStrip(), moves: [] })),
      reverb: { decaySeconds: 1.2, preDelayMs: 10 },
      before: level,
      after: level,
      reference: null,
    },
    notes: [
      { onset: 0, offset: 0.5, pitch: 60, velocity: 100, confidence: 0.95, stem: names[0]! },
      { onset: 1, offset: 1.5, pitch: 72, velocity: 20, confidence: 0.05, stem: names[0]! },
    ],
    accuracy: [],
    licences: [],
    machine: 'a machine',
  };
}

const write = async (data: ReportData): Promise<string> => {
  const path = join(folder, 'report.html');
  await writeReport(path, data);
  return await readFile(path, 'utf8');
};

describe('writeReport', () => {
  it('asks nothing of the network and escapes what it is given', async () => {
    const page = await write(await sample(['a "loud" <track>']));
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page).not.toContain('<script>alert');
    expect(page).not.toContain('<track>');
    expect(page.match(/<script>/g)).toHaveLength(1);
  });

  it('describes every figure in words', async () => {
    const page = await write(await sample(['vocals', 'drums']));
    const figures = page.match(/<svg[^>]*>/g) ?? [];
    expect(figures.length).toBeGreaterThanOrEqual(5);
    for (const figure of figures) expect(figure).toMatch(/role="img"[^>]*aria-label="[^"]{8,}"/s);
    expect(page).toContain('Waveform of vocals: peak −6.0 dBFS');
    expect(page).toContain('vocals 2 notes from C4 to C5');
    expect(page).toContain('synth lead');
    expect(page).not.toContain('reed</b>');
  });

  it('draws and plays a track where it starts', async () => {
    const data = await sample(['vocals', 'drums']);
    data.run.tracks[1]!.start = 1.5;
    const page = await write(data);
    expect(page.match(/data-start="[^"]*"/g)).toEqual(['data-start="0"', 'data-start="1.5"']);
    // 2 seconds of audio behind 1.5 of nothing.
    expect(page).toContain('data-seconds="3.5"');
  });

  it('keeps sure and unsure notes apart for the slider', async () => {
    const page = await write(await sample(['vocals']));
    expect(page).toMatch(/data-confidence="9"/);
    expect(page).toMatch(/data-confidence="0"/);
  });

  it('draws digital silence and a single frame', async () => {
    const page = await write(await sample(['vocals'], 1));
    expect(page).toContain('Waveform of vocals: silence.');
    expect(page).not.toContain('NaN');
  });

  it('shows the picture of the features, in words too', async () => {
    const data = await sample(['vocals']);
    const tensor = { shape: [43, 256], hop: 2048, frameRate: 21.53, layer: 2 };
    const run = {
      pack: 'sonido-s',
      packVersion: '1.0.0',
      provider: 'cpu',
      seconds: 0.1,
      realtimeFactor: 20,
      stored: true,
      output: join(folder, 'features.safetensors'),
      tensors: [{ ...tensor, name: 'features.coarse', dtype: 'F16' as const, level: 'coarse' as const }],
    };
    const page = await write({ ...data, features: { picture: join(folder, 'my features.png'), run } });
    expect(page).toMatch(/src="my%20features.png"\s+alt="[^"]*coarse 21.5 times a second"/);
    expect(page).toContain('sonido-s 1.0.0');
    expect(page).toContain('20.00 × real time (from the cache)');
    expect(await write(data)).not.toContain('What our own model hears');
  });

  it('links to audio by a relative, encoded path', () => {
    expect(hrefFrom('/out/report.html', '/out/stems/a #1 "x" ä.wav')).toBe(
      'stems/a%20%231%20%22x%22%20%C3%A4.wav',
    );
    expect(hrefFrom('/out/report.html', '/in/b.wav')).toBe('../in/b.wav');
  });

  it('ships a script that parses', () => {
    expect(() => new Script(player)).not.toThrow();
  });
});
