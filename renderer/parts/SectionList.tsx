import type { Tags } from '../../main/contracts/tags.ts';
import { clock } from '../canvas/grid.ts';
import { texts } from '../texts/texts.ts';

/** What the row of sections shows, for those who do not see it. */
export const SectionList = ({ sections, offset = 0 }: { sections: Tags['sections']; offset?: number }) => {
  const t = texts().studio;
  return (
    <ol className="unseen" aria-label={t.sections}>
      {sections.map(({ start, end, label }) => (
        <li key={start}>{t.section(label, clock(start + offset), clock(end + offset))}</li>
      ))}
    </ol>
  );
};
