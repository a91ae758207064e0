import { connect, shell, type DeskClient } from '../connection.ts';
import { texts } from '../texts/texts.ts';
import { actions } from './actions.ts';
import { applyPreferences } from './appearance.ts';
import { setDesk } from './deskClient.ts';
import { followStudio } from '../studio/studioState.ts';
import { useStore } from './store.ts';

const firstRetryMs = 300;
const longestRetryMs = 5000;

/** Connects, again whenever the connection is lost, and keeps the store up to date. */
export async function keepConnected(): Promise<void> {
  for (let wait = firstRetryMs; ; wait = Math.min(longestRetryMs, 2 * wait)) {
    try {
      let lost: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        lost = resolve;
      });
      const client = await connect(lost);
      setDesk(client);
      await follow(client);
      wait = firstRetryMs;
      await ended;
    } catch {
      // Not there yet; the window says that it is trying.
    }
    setDesk(null);
    useStore.setState({ connected: false });
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function follow(connected: DeskClient): Promise<void> {
  const { version, musicFolder } = await connected.call('about', {});
  useStore.setState({ connected: true, version, musicFolder });
  const subscriptions = [
    ...followStudio(connected),
    connected.subscribe('preferences', (preferences) => {
      applyPreferences(preferences);
      useStore.setState({ preferences });
    }),
    connected.subscribe('songs', ({ songs }) => {
      const { songId } = useStore.getState();
      const stays = songs.some(({ id }) => id === songId);
      useStore.setState({ songs, songId: stays ? songId : (songs[0]?.id ?? null) });
    }),
    connected.subscribe('jobs', ({ jobs }) => {
      const before = useStore.getState().jobs;
      useStore.setState({ jobs });
      const running = jobs.find(({ state }) => state === 'running');
      shell?.showProgress(running?.fraction ?? null);
      for (const job of jobs) {
        const old = before.find(({ id }) => id === job.id);
        if (old?.state === 'running' && job.state === 'done') tellOfEnd(job.title, texts().jobs.finished);
        if (old?.state === 'running' && job.state === 'failed') {
          tellOfEnd(job.title, job.error?.message ?? '');
        }
      }
    }),
  ];
  for (const { ended } of subscriptions) ended.catch(() => undefined);
  await actions.refreshPacks();
}

function tellOfEnd(title: string, body: string): void {
  const wanted = useStore.getState().preferences?.notifications !== false;
  if (wanted && !document.hasFocus()) shell?.notify(title, body);
}
