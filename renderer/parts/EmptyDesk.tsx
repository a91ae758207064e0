import { Button } from 'react-aria-components';
import { PluginFolders } from '../studio/PluginGuide.tsx';
import { texts } from '../texts/texts.ts';
import { chooseFiles } from './chooseFiles.ts';
import { icons } from './icons.tsx';

/** What a new user sees: the whole job in three steps. */
export const EmptyDesk = () => {
  const t = texts().empty;
  const steps = [
    { ...t.drop, Icon: icons.drag },
    { ...t.analyse, Icon: icons.stems },
    { ...t.use, Icon: icons.mix },
  ];
  return (
    <div className="empty-desk">
      <h2>{t.title}</h2>
      <ol className="steps">
        {steps.map(({ title, text, Icon }, index) => (
          <li key={title}>
            <span className="step-icon" aria-hidden="true">
              <Icon />
            </span>
            <span className="step-number" aria-hidden="true">
              {index + 1}
            </span>
            <h3>{title}</h3>
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <Button className="button button-main button-large" onPress={() => void chooseFiles(false)}>
        {t.choose}
      </Button>
      <section className="empty-plugin">
        <h3>{texts().studio.inDaw}</h3>
        <p>{texts().studio.inDawText}</p>
        <PluginFolders />
      </section>
    </div>
  );
};
