import { useEffect, useState } from 'react';
import type { DawMixerFacts } from '../../main/contracts/dawMixer.ts';
import { desk } from './deskClient.ts';

/** How soon a DAW is seen that was started, or left. */
const lookAgainMs = 5000;

/** The name of the DAW whose own mixer answers now; `null` while none does. */
export function useDawMixer(): string | null {
  const [facts, setFacts] = useState<DawMixerFacts | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const look = async () => {
      // A desk that is gone is told of elsewhere.
      const found = await desk()
        .call('dawMixer', {})
        .catch(() => null);
      if (isOver) return;
      setFacts(found);
      timer = setTimeout(() => void look(), lookAgainMs);
    };
    void look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, []);
  return facts?.answers === true ? facts.name : null;
}
