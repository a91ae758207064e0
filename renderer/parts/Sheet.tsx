import type { ReactNode } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { texts } from '../texts/texts.ts';
import { IconButton } from './controls.tsx';
import { icons } from './icons.tsx';

interface SheetProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
}

/** A dialog over the window; Escape closes it and the focus goes back where it was. */
export const Sheet = ({ title, isOpen, onClose, children, wide = false }: SheetProps) => (
  <ModalOverlay
    className="sheet-overlay"
    isOpen={isOpen}
    isDismissable
    onOpenChange={(open) => {
      if (!open) onClose();
    }}
  >
    <Modal className={wide ? 'sheet sheet-wide' : 'sheet'}>
      <Dialog className="sheet-dialog">
        <header>
          <Heading slot="title">{title}</Heading>
          <IconButton label={texts().close} onPress={onClose}>
            <icons.close />
          </IconButton>
        </header>
        {children}
      </Dialog>
    </Modal>
  </ModalOverlay>
);
