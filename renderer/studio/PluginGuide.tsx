import { texts } from '../texts/texts.ts';
import { useStudio } from './studioState.ts';

/** Where the plugin is installed. */
export const PluginFolders = () => (
  <dl className="plugin-folders">
    {texts().studio.folders.map(([format, folder]) => (
      <div key={format}>
        <dt>{format}</dt>
        <dd>
          <code>{folder}</code>
        </dd>
      </div>
    ))}
  </dl>
);

/** How the tracks of a DAW come here, and why they do not, where that is known. */
export const PluginGuide = () => {
  const t = texts().studio;
  const studio = useStudio((state) => state.studio);
  return (
    <div className="plugin-guide">
      <h2>{t.title}</h2>
      {studio?.state === 'failed' && (
        <p className="studio-message" role="alert">
          {t.failed} {studio.message}
        </p>
      )}
      {studio?.message !== undefined && studio.state === 'serving' && studio.message !== '' && (
        <p className="studio-message" role="status">
          {studio.message}
        </p>
      )}
      <ol>
        {t.guide.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <PluginFolders />
    </div>
  );
};
