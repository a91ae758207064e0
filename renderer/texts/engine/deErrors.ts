import type { Phrases } from './phrases.ts';

/** What went wrong, and what to do about it. */
export const deErrors: Phrases = [
  ['This song is not open any more.', 'Dieser Song ist nicht mehr offen.'],
  ['This job is not on the list any more.', 'Dieser Auftrag steht nicht mehr auf der Liste.'],
  ['This song has no notes yet.', 'Dieser Song hat noch keine Noten.'],
  ['This song has no mix suggestion yet.', 'Dieser Song hat noch keinen Mix-Vorschlag.'],
  ['There is no stem "{}" yet.', 'Den Stem „{1}“ gibt es noch nicht.'],
  [
    'There is nothing to export yet. Choose something that is finished.',
    'Es gibt noch nichts zu exportieren. Bitte etwas wählen, das fertig ist.',
  ],
  [
    'No plugin is on a track with one of these names: {}. Put the SoniDesk plugin on the tracks and name them so in the session view.',
    'Auf keiner Spur mit einem dieser Namen liegt ein Plugin: {1}. Das SoniDesk-Plugin auf die Spuren legen und sie in der Session-Ansicht so nennen.',
  ],
  [
    'Nobody answers to OSC on port {} of this machine. Start Ardour, open the session, and switch it on under Edit > Preferences > Control Surfaces > Open Sound Control (OSC).',
    'Auf Port {1} dieses Rechners antwortet niemand auf OSC. Ardour starten, die Session öffnen und es unter Bearbeiten > Einstellungen > Bedienoberflächen > Open Sound Control (OSC) einschalten.',
  ],
  [
    'None of these tracks is called like a strip of {}: {}. Its strips are {}. Rename the tracks in the session view, or the strips, so that the names are the same.',
    'Keine dieser Spuren heißt wie ein Kanal von {1}: {2}. Seine Kanäle sind {3}. Die Spuren in der Session-Ansicht oder die Kanäle umbenennen, bis die Namen gleich sind.',
  ],
  [
    'Nothing has been captured of these tracks yet. Play the session in your DAW once.',
    'Von diesen Spuren wurde noch nichts aufgenommen. Die Session einmal in der DAW abspielen.',
  ],
  [
    'This song did not come from a track of the DAW. Choose the track that gets it.',
    'Dieser Song kam von keiner Spur der DAW. Bitte die Spur wählen, die ihn bekommt.',
  ],
  [
    '{} is at {} Hz, the track runs at {} Hz. Make the stems from a take of this track, or resample them.',
    '{1} hat {2} Hz, die Spur läuft mit {3} Hz. Die Stems aus einem Take dieser Spur machen oder umrechnen.',
  ],
  ['{} is no file; an audio file was expected.', '{1} ist keine Datei; erwartet wurde eine Audiodatei.'],
  ['{} is a file; a folder was expected there.', '{1} ist eine Datei; dort wurde ein Ordner erwartet.'],
  ['{} is a folder; an audio file was expected.', '{1} ist ein Ordner; erwartet wurde eine Audiodatei.'],
  [
    '{} is empty (0 bytes); an audio file was expected.',
    '{1} ist leer (0 Byte); erwartet wurde eine Audiodatei.',
  ],
  ['{} holds text, whatever its name says; {}.', '{1} enthält Text, was immer der Name sagt; <2>.'],
  ['{} is no audio file that is known here; {}.', '{1} ist keine Audiodatei, die hier bekannt ist; <2>.'],
  ['{} has no audio track.', '{1} hat keine Tonspur.'],
  [
    '{} looks like {}, but no audio could be decoded from it: it is cut off or damaged.',
    '{1} sieht nach {2} aus, aber es ließ sich kein Ton daraus lesen: die Datei ist abgeschnitten oder beschädigt.',
  ],
  [
    '{} cannot be read: it is cut off or damaged ({}).',
    '{1} ist nicht lesbar: abgeschnitten oder beschädigt ({2}).',
  ],
  [
    '{} holds only a header and no audio. Export or copy it again.',
    '{1} enthält nur einen Kopf und keinen Ton. Bitte noch einmal exportieren oder kopieren.',
  ],
  [
    '{} is damaged: it has no format chunk. Export or copy it again.',
    '{1} ist beschädigt: der Format-Abschnitt fehlt. Bitte noch einmal exportieren oder kopieren.',
  ],
  [
    '{} changed while it was read. Wait until it is complete and try again.',
    '{1} hat sich beim Lesen geändert. Warten, bis die Datei fertig ist, dann noch einmal versuchen.',
  ],
  [
    '{} would overwrite the file that is being read. Choose another output.',
    '{1} würde die Datei überschreiben, die gelesen wird. Bitte ein anderes Ziel wählen.',
  ],
  [
    '{} is a folder; the name of a file to write was expected.',
    '{1} ist ein Ordner; erwartet wurde der Name einer Datei, die geschrieben werden soll.',
  ],
  [
    '{} cannot be written: the disk is full. Free some space and run it again.',
    '{1} kann nicht geschrieben werden: die Platte ist voll. Platz schaffen und noch einmal starten.',
  ],
  [
    '{} cannot be opened for writing. Check the rights of the folder, or choose another one.',
    '{1} lässt sich nicht zum Schreiben öffnen. Die Rechte des Ordners prüfen oder einen anderen wählen.',
  ],
  [
    '{} is in use by another SoniDesk. Try again in a moment.',
    '{1} wird von einem anderen SoniDesk benutzt. Gleich noch einmal versuchen.',
  ],
  [
    '{} was written by a newer SoniDesk (format {}; this one knows up to {}). Update SoniDesk to open it; nothing was changed.',
    '{1} wurde von einem neueren SoniDesk geschrieben (Format {2}; dieses kennt bis {3}). SoniDesk aktualisieren, um es zu öffnen; nichts wurde geändert.',
  ],
  ['Cannot {}: {}.', 'Es geht nicht ({1}): <2>.'],
  ['Cancelled.', 'Abgebrochen.'],
  [
    'There is no pack "{}". Known packs: {}. See: sonidesk packs list',
    'Das Paket „{1}“ gibt es nicht. Bekannt sind: {2}.',
  ],
  [
    'The pack {} ({}) is not installed. Install it with: sonidesk packs add {}',
    'Das Paket {1} ({2}) ist nicht installiert. Es lässt sich unter „Modelle“ installieren.',
  ],
  [
    "The pack {} is there in version {}; {} {} was trained on version {}. Add that version, or remove what was installed in place of SoniDesk's own with: sonidesk packs remove {}, or {}",
    'Das Paket {1} liegt in Version {2} vor; {3} {4} wurde mit Version {5} trainiert. Diese Version hinzufügen, oder unter „Modelle“ entfernen, was anstelle des mitgelieferten Pakets installiert wurde.',
  ],
  [
    'The licence of the pack {} ({}) has to be accepted first. Read it, then run: sonidesk packs add {} --accept-licence',
    'Die Lizenz des Pakets {1} ({2}) muss zuerst angenommen werden; unter „Modelle“ steht sie.',
  ],
  [
    'The pack {} is a part of SoniDesk and cannot be removed.',
    'Das Paket {1} gehört zu SoniDesk und lässt sich nicht entfernen.',
  ],
  [
    'Installing this pack takes {} and {} has {} free. Free some space and run it again.',
    'Dieses Paket braucht {1}, in {2} sind {3} frei. Platz schaffen und noch einmal versuchen.',
  ],
  [
    'The download of {} broke off: {}. Run it again; it goes on where it stopped.',
    'Das Laden von {1} brach ab: {2}. Noch einmal starten; es geht weiter, wo es aufhörte.',
  ],
  [
    "npm could not fetch {} (exit code {}): {}. Check the network and npm's registry setting, or put the tarball into a folder and name it by SONIDESK_PACK_MIRROR.",
    'npm konnte {1} nicht holen (Fehler {2}): {3}. Das Netz und die Registry von npm prüfen, oder das Archiv in einen Ordner legen und ihn mit SONIDESK_PACK_MIRROR nennen.',
  ],
  [
    'npm was not found, which fetches {}. Install Node.js with npm, or put the file into a folder and name it by SONIDESK_PACK_MIRROR.',
    'npm, das {1} holt, wurde nicht gefunden. Node.js mit npm installieren, oder die Datei in einen Ordner legen und ihn mit SONIDESK_PACK_MIRROR nennen.',
  ],
  [
    '{} is no ONNX model that can be loaded. A PyTorch checkpoint (.ckpt, .pth, .th) has to be exported to ONNX first.',
    '{1} ist kein ONNX-Modell, das sich laden lässt. Ein PyTorch-Checkpoint (.ckpt, .pth, .th) muss erst nach ONNX exportiert werden.',
  ],
  [
    'SoniDesk has a pack "{}" of its own; choose another id.',
    'SoniDesk hat selbst ein Paket „{1}“; bitte einen anderen Namen wählen.',
  ],
  [
    '"{}" cannot be the id of a pack; use small letters, digits and dashes, such as "my-vocals".',
    '„{1}“ kann kein Name eines Pakets sein; erlaubt sind Kleinbuchstaben, Ziffern und Striche, wie „my-vocals“.',
  ],
];
