import { player } from '../audio/player.ts';
import { colour, useCanvas } from '../canvas/useCanvas.ts';

/** The scale reaches down to here. */
const floorDb = -60;
/** Falls this fast, as peak programme meters do. */
const fallDbPerSecond = 24;

/** A peak meter of one channel of the mixer, drawn outside of React. */
export const Meter = ({ channel }: { channel: number }) => {
  let held = floorDb;
  let drawn = 0;
  const samples = new Float32Array(1024);
  const canvas = useCanvas(
    ({ context, width, height }) => {
      const analyser = player.mixer?.channels[channel]?.analyser;
      const now = performance.now();
      let peak = 0;
      if (player.playing && analyser !== undefined) {
        analyser.getFloatTimeDomainData(samples);
        for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
      }
      const level = peak === 0 ? floorDb : 20 * Math.log10(peak);
      held = Math.max(level, held - (fallDbPerSecond * Math.min(200, now - drawn)) / 1000, floorDb);
      drawn = now;
      const filled = ((held - floorDb) / -floorDb) * width;
      const element = canvas.current!;
      context.fillStyle = colour(element, '--well');
      context.fillRect(0, 0, width, height);
      context.fillStyle = colour(element, held > -1 ? '--bad' : held > -9 ? '--warm' : '--good');
      context.fillRect(0, 0, Math.min(width, filled), height);
    },
    [player.changed],
    () => player.playing || held > floorDb,
  );
  return <canvas ref={canvas} className="meter" aria-hidden="true" />;
};
