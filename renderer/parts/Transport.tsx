import { useEffect, useRef, useSyncExternalStore } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { Monitor } from '../audio/mixer.ts';
import { player } from '../audio/player.ts';
import { clock } from '../canvas/grid.ts';
import { viewport } from '../canvas/viewport.ts';
import type { Emitter } from '../state/emitter.ts';
import { listening } from '../state/listening.ts';
import { currentSong, useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';
import { IconButton, Toggle } from './controls.tsx';
import { icons } from './icons.tsx';

/** Renders again when the emitter tells. */
export const useEmitter = (emitter: Emitter): number =>
  useSyncExternalStore(emitter.subscribe, () => emitter.version);

const tensPerSecond = 10;

const Position = () => {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const show = () => {
      if (element.current !== null) element.current.textContent = clock(player.position, 1);
    };
    show();
    const timer = setInterval(show, 1000 / tensPerSecond);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="position" role="timer" aria-label={texts().transport.position}>
      <span ref={element} />
      <span className="position-all"> / {clock(player.duration)}</span>
    </span>
  );
};

export const loopView = (): void =>
  player.setLoop(
    player.loop === null
      ? {
          start: viewport.start,
          end: Math.min(player.duration, viewport.toSeconds(viewport.width)),
        }
      : null,
  );

export const Transport = () => {
  useEmitter(player.changed);
  useEmitter(listening.changed);
  const song = useStore(currentSong);
  const t = texts().transport;
  const names: Record<Monitor, string> = {
    original: t.original,
    lanes: (song?.inputs.length ?? 1) > 1 ? t.tracks : t.lanes,
    mix: t.mix,
  };
  const ready = player.programme !== null;
  return (
    <section className="transport" aria-label={t.label}>
      <IconButton label={t.toStart} isDisabled={!ready} onPress={() => player.seek(0)}>
        <icons.toStart />
      </IconButton>
      <IconButton
        label={player.playing ? t.pause : t.play}
        isDisabled={!ready}
        onPress={() => player.toggle()}
      >
        {player.playing ? <icons.pause /> : <icons.play />}
      </IconButton>
      <Toggle label={t.loop} isOn={player.loop !== null} onChange={loopView}>
        <icons.loop />
      </Toggle>
      <Toggle label={t.follow} isOn={listening.follow} onChange={(on) => listening.setFollow(on)}>
        <icons.follow />
      </Toggle>
      <Position />
      {player.failure !== null && <span className="failure">{player.failure}</span>}
      <span className="spring" />
      {listening.available.length > 1 && (
        <ToggleButtonGroup
          className="segments"
          aria-label={t.monitor}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[listening.monitor]}
          onSelectionChange={(keys) => {
            for (const key of keys) listening.listenTo(key as Monitor);
          }}
        >
          {listening.available.map((monitor) => (
            <ToggleButton key={monitor} id={monitor} className="segment">
              {names[monitor]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      )}
      <span className="spring" />
      <IconButton label={t.zoomOut} onPress={() => viewport.zoomAround(1.5, player.position)}>
        <icons.zoomOut />
      </IconButton>
      <IconButton label={t.zoomAll} onPress={() => viewport.showAll(player.duration)}>
        <icons.zoomAll />
      </IconButton>
      <IconButton label={t.zoomIn} onPress={() => viewport.zoomAround(1 / 1.5, player.position)}>
        <icons.zoomIn />
      </IconButton>
    </section>
  );
};
