import { actions } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';
import { Sheet } from './Sheet.tsx';

export const ShortcutSheet = () => {
  const isOpen = useStore((state) => state.dialog === 'shortcuts');
  const t = texts().shortcuts;
  return (
    <Sheet title={t.title} isOpen={isOpen} onClose={() => actions.dialog(null)}>
      <dl className="shortcuts">
        {t.rows.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
};
