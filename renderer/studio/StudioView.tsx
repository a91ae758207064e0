import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { viewport } from '../canvas/viewport.ts';
import { IconButton, Toggle } from '../parts/controls.tsx';
import { icons } from '../parts/icons.tsx';
import { UndoRedo } from '../parts/UndoRedo.tsx';
import { undoable } from '../state/shown.ts';
import { texts } from '../texts/texts.ts';
import { live } from './live.ts';
import { MarkerSheet } from './MarkerSheet.tsx';
import { PluginGuide } from './PluginGuide.tsx';
import { follows, setFollows, StudioLanes } from './StudioLanes.tsx';
import { HostClockText } from './StudioRuler.tsx';
import { studioActions } from './studioActions.ts';
import { chooseAll, hasTracks, useStudio } from './studioState.ts';

const steps = {
  onUndo: () => void studioActions.undoTakes(),
  onRedo: () => void studioActions.redoTakes(),
};

/** The session in the DAW: its tracks, what they have captured, and what to make of it. */
export const StudioView = () => {
  const t = texts().studio;
  const state = useStudio();
  const { studio, chosen } = state;
  const [showsMarkers, setShowsMarkers] = useState(false);
  const [following, setFollowing] = useState(follows());
  useEffect(() => {
    undoable.current = { undo: steps.onUndo, redo: steps.onRedo };
    return () => {
      undoable.current = null;
    };
  }, []);
  if (studio === null || !hasTracks(state)) return <PluginGuide />;
  const { tracks, message } = studio;
  const connected = tracks.filter(({ plug }) => plug === 'connected' || plug === 'capturing').length;
  const capturing = tracks.filter(({ plug }) => plug === 'capturing').length;
  const captured = tracks.filter(({ takes }) => takes.length > 0).map(({ id }) => id);
  const wanted = captured.filter((id) => chosen.size === 0 || chosen.has(id));
  const follow = (on: boolean) => {
    setFollows(on);
    setFollowing(on);
  };
  return (
    <div className="view view-studio">
      <header className="song-header">
        <h2>{t.title}</h2>
        <ul className="chips" aria-label={t.facts}>
          <li className="chip">{t.connected(connected, tracks.length)}</li>
          {capturing > 0 && <li className="chip chip-live">{t.capturing(capturing)}</li>}
        </ul>
        <span className="spring" />
        <Button
          className="button"
          onPress={() => chooseAll(chosen.size === tracks.length ? [] : tracks.map(({ id }) => id))}
        >
          {chosen.size === tracks.length ? t.chooseNone : t.chooseAll}
        </Button>
        <Button
          className="button button-main"
          isDisabled={wanted.length === 0}
          onPress={() => void studioActions.analyse(wanted)}
        >
          {t.analyse(chosen.size === 0 ? 0 : wanted.length)}
        </Button>
      </header>
      {message !== '' && (
        <p className="studio-message" role="status">
          {message}
        </p>
      )}
      <StudioLanes />
      <section className="transport" aria-label={t.host}>
        <Toggle label={texts().transport.follow} isOn={following} onChange={follow}>
          <icons.follow />
        </Toggle>
        <HostClockText />
        <span className="spring" />
        <UndoRedo
          labels={{ undo: t.undoTakes, redo: t.redoTakes }}
          canUndo={studio.canUndo}
          canRedo={studio.canRedo}
          {...steps}
        />
        <Button className="button" onPress={() => void studioActions.addMarker(live.position)}>
          {t.addMarker}
        </Button>
        <Button className="button button-quiet" onPress={() => setShowsMarkers(true)}>
          {t.markers}…
        </Button>
        <IconButton label={texts().transport.zoomOut} onPress={() => viewport.zoomAround(1.5, live.position)}>
          <icons.zoomOut />
        </IconButton>
        <IconButton label={t.zoomAll} onPress={() => viewport.showAll(live.duration)}>
          <icons.zoomAll />
        </IconButton>
        <IconButton
          label={texts().transport.zoomIn}
          onPress={() => viewport.zoomAround(1 / 1.5, live.position)}
        >
          <icons.zoomIn />
        </IconButton>
      </section>
      <MarkerSheet isOpen={showsMarkers} onClose={() => setShowsMarkers(false)} />
    </div>
  );
};
