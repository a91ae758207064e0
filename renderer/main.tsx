import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { shell } from './connection.ts';
import { actions } from './state/actions.ts';
import { followSystem } from './state/appearance.ts';
import { listenToKeys } from './state/keyboard.ts';
import { keepConnected } from './state/session.ts';
import { useStore } from './state/store.ts';
import '@fontsource-variable/inter/wght.css';
import './style/base.css';
import './style/controls.css';
import './style/lanes.css';
import './style/pages.css';
import './style/mix.css';
import './style/studio.css';
import './style/preferences.css';
import './style/small.css';

followSystem();
listenToKeys();
void keepConnected();
shell?.onOpenFiles((paths) => {
  // The program may hand files over before the desk is connected.
  const stop = useStore.subscribe(({ connected }) => connected && open());
  const open = () => {
    stop();
    void actions.openPaths(paths);
  };
  if (useStore.getState().connected) open();
});
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
