import type { Texts } from '../en.ts';

/** Jobs, models, doctor. */
export const pages: Pick<Texts, 'jobs' | 'models' | 'doctor'> = {
  jobs: {
    reading: 'Lesen',
    steps: 'Verlangt',
    speed: (factor, provider) =>
      `${factor.toFixed(1)}× Echtzeit${provider === null ? '' : ` auf ${provider}`}`,
    remedies: { models: 'Zu den Modellen', doctor: 'Den Doktor fragen' },
    features: { with: 'Mit Merkmalen', without: 'Ohne Merkmale' },
    none: 'Keine Aufträge',
    noneText: 'Was gestartet wird, erscheint hier, mit der Zeit, die es noch braucht.',
    finished: 'ist fertig.',
    eta: (text) => `noch etwa ${text} in diesem Schritt`,
    states: {
      queued: 'Wartet',
      running: 'Läuft',
      paused: 'Angehalten',
      done: 'Fertig',
      failed: 'Fehlgeschlagen',
      cancelled: 'Abgebrochen',
    },
    pause: 'Anhalten',
    resume: 'Weiter',
    cancel: 'Abbrechen',
    earlier: 'Früher',
    later: 'Später',
    tidy: 'Erledigtes entfernen',
    seconds: (count) => `${count} s`,
    minutes: (count) => `${count} min`,
    progress: (title) => `Fortschritt von ${title}`,
  },
  models: {
    features: 'Mit SoniDo-Merkmalen hören',
    featuresText:
      'Die nächsten Analysen hören Instrumente und Rollen mit den Merkmalen unseres eigenen Modells, oder allein aus Mel-Bändern, mit etwa einem Zehntel der Arbeit. Rollen gewinnen dabei, Instrumente noch nicht; die Messungen stehen in models/RESULTS.md.',
    heardWith: (song, withFeatures) =>
      `„${song}“ wurde ${withFeatures ? 'mit' : 'ohne'} Merkmale${withFeatures ? 'n' : ''} gehört.`,
    useFor: 'Gut für',
    advice: {
      htdemucs:
        'Gesang, Schlagzeug, Bass und Rest fertiger Songs; die beste Trennung hier. Ohne Grafikkarte langsam.',
      'basic-pitch':
        'Noten von Stimmen und Melodieinstrumenten, auch mehrstimmig; schnell. Schlagzeug hat seinen eigenen Weg.',
      'sonido-s':
        'Merkmale, auf die sich die anderen Aufgaben stützen können; ein kleines Modell dieses Projekts.',
      'sonido-tags':
        'Instrumente, Stimme und Schlagzeug über die Zeit; Rollen für den Mix-Assistenten. Klein und schnell.',
    },
    adviceForOwn: 'Wofür es trainiert wurde; am besten an eigener Musik mit den anderen vergleichen.',
    speed: 'Tempo hier',
    notMeasured: 'noch nicht gemessen',
    speedOn: (factor, provider) =>
      `${factor < 10 ? factor.toFixed(1) : factor.toFixed(0)}× Echtzeit auf ${provider.toUpperCase()}`,
    source: 'Von',
    measure: 'Tempo messen',
    import: 'Modell einlesen…',
    importDrop: 'Eine eigene ONNX-Datei',
    importTitle: (file) => `${file} einlesen`,
    importId: 'Name des Pakets: kleine Buchstaben, Ziffern, Striche',
    importAdapter: 'Art',
    adapters: { htdemucs: 'HTDemucs', waveform: 'Wellenform', 'mdx-net': 'MDX-Net' },
    importRate: 'Abtastrate',
    importStems: 'Stems in der Reihenfolge der Ausgabe; für bekannte MDX-Net-Dateien leer lassen',
    importLicence: 'Die Datei wird geprüft und kopiert. Ihre Lizenz ist Sache des Benutzers.',
    importGo: 'Einlesen',
    importing: 'Wird geprüft…',
    installed: 'Installiert',
    notInstalled: 'Nicht installiert',
    damaged: 'Beschädigt',
    install: 'Installieren…',
    installing: 'Wird installiert',
    remove: 'Entfernen',
    licence: 'Lizenz',
    download: (megabytes) => `${megabytes} MB Download`,
    size: (megabytes) => `${megabytes} MB`,
    accept: 'Ich habe die Lizenz gelesen und nehme sie an',
    acceptAndInstall: 'Annehmen und installieren',
    tasks: { separate: 'Stems', transcribe: 'MIDI', features: 'Merkmale', tag: 'Tags', mix: 'Mix' },
    intro: 'Modelle sind freiwillige Pakete. Nichts wird geladen, außer es wird hier verlangt.',
  },
  doctor: {
    again: 'Noch einmal prüfen',
    copy: 'Bericht kopieren',
    copied: 'Der Bericht ist in der Zwischenablage.',
    checking: 'Der Rechner wird angesehen…',
    intro: 'Was auf diesem Rechner geht, und wie sich beheben lässt, was nicht geht.',
    summary: (good, look, broken) => `${good} gut, ${look} zum Ansehen, ${broken} kaputt`,
    audioOutput: 'Tonausgabe',
    audioWorks: (rate, latency) => `spielt mit ${rate / 1000} kHz, ${latency.toFixed(0)} ms Verzögerung`,
    audioSilent: 'die Uhr der Ausgabe steht still',
    audioFix:
      'In den Klangeinstellungen des Systems eine Ausgabe wählen; vielleicht hält ein anderes Programm das Gerät für sich.',
    midiPorts: 'MIDI-Anschlüsse',
    midiClosed: 'noch nicht erfragt',
    midiOpen: 'In der MIDI-Ansicht einen Anschluss wählen; System oder Browser fragen dann um Erlaubnis.',
    midiNone: 'keine',
    midiFix:
      'Um Noten auf einem Instrument oder in einer DAW zu spielen: anschließen, oder einen virtuellen MIDI-Anschluss anlegen.',
    states: { ok: 'Gut', warn: 'Ansehen', fail: 'Kaputt' },
  },
};
