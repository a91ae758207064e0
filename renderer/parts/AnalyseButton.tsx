import { Button } from 'react-aria-components';
import { actions } from '../state/actions.ts';
import { activeJob, useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';

/** Not there while something is being done for the song already. */
export const AnalyseButton = ({ songId }: { songId: string }) => {
  const busy = useStore((state) => activeJob(state.jobs, songId) !== null);
  if (busy) return null;
  return (
    <Button className="button button-main" onPress={() => actions.dialog('start')}>
      {texts().start.open}
    </Button>
  );
};
