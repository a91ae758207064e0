import type { AudioReader } from '../../audio/audioStream.ts';

/**
 * Audio as a graph takes it: [channels * samples] from `start` on, silence after the end of the piece. A sample that is
 * no number is silence, too: what is made of all around it would be nonsense.
 */
export async function readAudio(audio: AudioReader, start: number, samples: number): Promise<Float32Array> {
  const planes = await audio.read(start, samples);
  const data = new Float32Array(planes.length * samples);
  for (const [channel, plane] of planes.entries()) data.set(plane, channel * samples);
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) data[i] = 0;
  return data;
}
