import { IconButton } from './controls.tsx';
import { icons } from './icons.tsx';

interface UndoRedoProps {
  /** What is taken back, and done again. */
  readonly labels: { readonly undo: string; readonly redo: string };
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
}

/** One step back and forth in the engine's list of decisions. */
export const UndoRedo = ({ labels, canUndo, canRedo, onUndo, onRedo }: UndoRedoProps) => (
  <>
    <IconButton label={labels.undo} isDisabled={!canUndo} onPress={onUndo}>
      <icons.undo />
    </IconButton>
    <IconButton label={labels.redo} isDisabled={!canRedo} onPress={onRedo}>
      <icons.redo />
    </IconButton>
  </>
);
