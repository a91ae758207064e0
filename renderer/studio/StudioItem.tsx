import { Button } from 'react-aria-components';
import { icons } from '../parts/icons.tsx';
import { useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';
import { openStudio, useStudio } from './studioState.ts';

/** The way to the live session, with how many plugins are there. */
export const StudioItem = () => {
  const studio = useStudio((state) => state.studio);
  const isOpen = useStudio((state) => state.open);
  if (studio === null || studio.state === 'off') return null;
  const count = studio.tracks.filter(({ plug }) => plug === 'connected' || plug === 'capturing').length;
  return (
    <Button
      className="nav-item studio-item"
      aria-current={isOpen}
      data-state={studio.state}
      onPress={() => {
        openStudio(true);
        useStore.setState({ view: 'session' });
      }}
    >
      <icons.follow />
      {texts().studio.title}
      {count > 0 && <span className="badge badge-live">{count}</span>}
    </Button>
  );
};
