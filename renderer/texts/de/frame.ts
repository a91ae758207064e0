import type { Texts } from '../en.ts';

/** What is around the views: navigation, preferences, tour, the empty window, shortcuts. */
export const frame: Pick<
  Texts,
  | 'name'
  | 'views'
  | 'nav'
  | 'preferences'
  | 'tour'
  | 'connection'
  | 'empty'
  | 'shortcuts'
  | 'close'
  | 'cancel'
> = {
  name: 'Deutsch',
  views: {
    session: 'Session',
    stems: 'Stems',
    notes: 'MIDI',
    mix: 'Mix',
    jobs: 'Aufträge',
    models: 'Modelle',
    doctor: 'Diagnose',
  },
  nav: {
    label: 'Ansichten',
    songs: 'Songs',
    open: 'Öffnen…',
    openSession: 'Als eine Session öffnen…',
    closeSong: (title) => `${title} schließen`,
    shortcuts: 'Tastenkürzel',
    preferences: 'Einstellungen',
    skip: 'Zum Inhalt',
  },
  preferences: {
    title: 'Einstellungen',
    theme: { label: 'Farben', values: { system: 'Wie das System', dark: 'Dunkel', light: 'Hell' } },
    contrast: { label: 'Kontrast', values: { system: 'Wie das System', more: 'Hoch' } },
    motion: { label: 'Bewegung', values: { system: 'Wie das System', less: 'Weniger' } },
    language: { label: 'Sprache', values: { system: 'Wie das System', en: 'English', de: 'Deutsch' } },
    scale: 'Größe',
    scaleInBrowser: 'Stellt der Browser ein: Strg + und Strg −',
    notifications: 'Melden, wenn ein Auftrag im Hintergrund endet',
    tour: 'Rundgang noch einmal zeigen',
  },
  tour: {
    label: 'Ein kurzer Rundgang',
    count: (step, all) => `${step} von ${all}`,
    skip: 'Überspringen',
    back: 'Zurück',
    next: 'Weiter',
    done: 'Loslegen',
    steps: [
      {
        title: 'Musik mitbringen',
        text: 'Einen Song oder die Spuren einer Session auf das Fenster ziehen oder hier öffnen. Mit dem Plugin auf den Spuren der DAW kommen sie von selbst.',
      },
      {
        title: 'Hineinhören',
        text: 'Stems, die zusammen genau den Song ergeben, und ihre Noten als MIDI. Solo hören, neu balancieren, in die DAW ziehen.',
      },
      {
        title: 'Eine bessere Balance hören',
        text: 'Ein Vorschlag für jede Spur, mit dem Grund für jeden Schritt. Vorher und Nachher gleich laut vergleichen; einmal Rückgängig stellt alles wieder her.',
      },
      {
        title: 'Wissen, was geschieht',
        text: 'Jeder Auftrag mit seiner Geschwindigkeit und der Zeit, die er noch braucht. Anhalten, umordnen, abbrechen; nichts Getanes geht verloren.',
      },
      {
        title: 'Alles auf diesem Rechner',
        text: 'Modelle sind Pakete, die einmal installiert werden. Nichts wird verschickt. Der Doktor sagt, was hier geht und wie sich beheben lässt, was nicht geht.',
      },
      {
        title: 'Auch mit der Tastatur',
        text: 'Leertaste spielt, Alt 1 bis 7 wechselt die Ansicht, ? zeigt alle Kürzel. In den Einstellungen: Farben, Kontrast, Größe und Sprache.',
      },
    ],
  },
  connection: {
    lost: 'Die Verbindung zur Engine ist abgerissen. Neuer Versuch…',
    trying: 'Die Engine startet…',
  },
  empty: {
    title: 'In drei Schritten zum neu gemischten Song',
    drop: {
      title: 'Ablegen',
      text: 'Einen Song oder die Spuren einer Session irgendwo auf dieses Fenster ziehen. WAV, FLAC, MP3, M4A, Ogg, Opus, AIFF.',
    },
    analyse: {
      title: 'Analysieren',
      text: 'Stems, MIDI und einen Mix-Vorschlag wählen. Alles wird auf diesem Rechner berechnet; nichts wird verschickt.',
    },
    use: {
      title: 'Benutzen',
      text: 'Solo hören, neu balancieren, mit dem Original vergleichen. Stems und MIDI in die DAW ziehen oder exportieren.',
    },
    choose: 'Dateien wählen…',
    release: 'Loslassen zum Öffnen',
  },
  shortcuts: {
    title: 'Tastenkürzel',
    rows: [
      ['Leertaste', 'Abspielen oder anhalten'],
      ['Pos1', 'Zum Anfang'],
      ['← →', 'Fünf Sekunden zurück oder vor'],
      ['J K L', 'Zurück, halt, abspielen'],
      ['A', 'Original oder Stems (Mix)'],
      ['↑ ↓, S, M', 'Einen Stem wählen, solo, stumm'],
      ['1 … 9', 'Eine Spur solo'],
      ['Umschalt 1 … 9', 'Eine Spur stumm'],
      ['G', 'Spektrogramm'],
      ['B', 'Schleife über das Sichtbare'],
      ['+ −', 'Näher, weiter'],
      ['0', 'Ganzer Song'],
      ['Strg O', 'Öffnen'],
      ['Strg E', 'Exportieren'],
      ['Strg Enter', 'Analysieren'],
      ['Strg Z, Strg Umschalt Z', 'Rückgängig, wiederholen'],
      [', .', 'Noten: die davor, danach wählen'],
      ['← → ↑ ↓', 'Noten: bewegen; mit Umschalt Länge, Oktave'],
      ['Strg ↑ ↓', 'Noten: Stärke'],
      ['N, Entf', 'Noten: am Abspielkopf anlegen, entfernen'],
      ['Alt 1 … 7', 'Ansichten'],
      ['?', 'Diese Liste'],
    ],
  },
  close: 'Schließen',
  cancel: 'Abbrechen',
};
