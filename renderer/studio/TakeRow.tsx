import { useRef, useState, type PointerEvent } from 'react';
import { Button, Dialog, DialogTrigger, Input, Label, NumberField, Popover } from 'react-aria-components';
import type { StudioTake, StudioTrack } from '../../main/contracts/studio.ts';
import { clock } from '../canvas/grid.ts';
import { viewport } from '../canvas/viewport.ts';
import { texts } from '../texts/texts.ts';
import { studioActions } from './studioActions.ts';

interface TakeRowProps {
  readonly track: StudioTrack;
  readonly take: StudioTake;
  /** From 1, in the order in which they were played. */
  readonly number: number;
}

/** Below it a press is a click and changes nothing. */
const leastPixels = 4;

function factsOf({ hostStart, frames, sampleRate, state, gaps }: StudioTake): string {
  const t = texts().studio;
  const length = state === 'recording' ? t.plugs.capturing : clock(frames / sampleRate, 1);
  const lost = gaps.reduce((sum, gap) => sum + gap.frames, 0) / sampleRate;
  const gapText = gaps.length === 0 ? [] : [t.gaps(gaps.length, lost.toFixed(2))];
  return [clock(Math.max(0, hostStart) / sampleRate, 1), length, ...gapText].join(' · ');
}

/** The same by keyboard: the span is typed. */
const UseTake = ({ track, take, number }: TakeRowProps) => {
  const t = texts().studio;
  const [from, setFrom] = useState(take.hostStart / take.sampleRate);
  const [to, setTo] = useState((take.hostStart + take.frames) / take.sampleRate);
  const fields = [
    [t.useFrom, from, setFrom],
    [t.useTo, to, setTo],
  ] as const;
  return (
    <DialogTrigger>
      <Button className="studio-takes" aria-label={t.useTakeOf(number, track.name)}>
        {t.useTake}
      </Button>
      <Popover className="menu-popover">
        <Dialog className="take-span" aria-label={t.useTakeOf(number, track.name)}>
          {({ close }) => (
            <>
              {fields.map(([label, value, set]) => (
                <NumberField
                  key={label}
                  className="text-field"
                  value={value}
                  onChange={set}
                  minValue={0}
                  step={0.001}
                  formatOptions={{ maximumFractionDigits: 3 }}
                >
                  <Label>{label}</Label>
                  <Input />
                </NumberField>
              ))}
              <Button
                className="button button-main"
                isDisabled={!(to > from)}
                onPress={() => {
                  void studioActions.chooseTake(track.id, take, from, to);
                  close();
                }}
              >
                {t.useGo}
              </Button>
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
};

/** One pass of a track. What is drawn over its row is heard from then on. */
export const TakeRow = ({ track, take, number }: TakeRowProps) => {
  const t = texts().studio;
  const row = useRef<HTMLDivElement>(null);
  const [span, setSpan] = useState<readonly [number, number] | null>(null);
  const pixelOf = ({ clientX }: PointerEvent) => clientX - row.current!.getBoundingClientRect().left;
  const onUp = () => {
    setSpan(null);
    if (span === null || Math.abs(span[1] - span[0]) < leastPixels) return;
    const [from, to] = span.toSorted((a, b) => a - b).map((x) => viewport.toSeconds(x)) as [number, number];
    void studioActions.chooseTake(track.id, take, from, to);
  };
  return (
    <div className="studio-take">
      <div className="studio-take-head">
        <span className="studio-take-facts" title={factsOf(take)}>
          {t.take(number)} · {factsOf(take)}
        </span>
        {take.state !== 'recording' && <UseTake track={track} take={take} number={number} />}
      </div>
      <div
        ref={row}
        className="studio-swipe"
        title={t.swipe}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setSpan([pixelOf(event), pixelOf(event)]);
        }}
        onPointerMove={(event) => span !== null && setSpan([span[0], pixelOf(event)])}
        onPointerUp={onUp}
        onPointerCancel={() => setSpan(null)}
      >
        {span !== null && (
          <div
            className="studio-span"
            style={{ insetInlineStart: Math.min(...span), width: Math.abs(span[1] - span[0]) }}
          />
        )}
      </div>
    </div>
  );
};
