/**
 * The session file's format, as SQL from each version to the next; `user_version` counts the steps taken.
 * Steps are never edited once released: a change is a new step.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE tracks (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    source TEXT
  ) STRICT;
  CREATE TABLE takes (
    id TEXT PRIMARY KEY,
    track_id TEXT NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    audio TEXT NOT NULL,
    sample_rate INTEGER NOT NULL,
    channels INTEGER NOT NULL,
    frames INTEGER NOT NULL,
    host_start INTEGER NOT NULL,
    gaps TEXT NOT NULL,
    tempo_map TEXT NOT NULL
  ) STRICT;
  CREATE INDEX takes_of_track ON takes (track_id);
  CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    workflow TEXT NOT NULL,
    request TEXT NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    started REAL NOT NULL,
    ended REAL
  ) STRICT;
  CREATE TABLE results (
    key TEXT PRIMARY KEY,
    operation TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    created REAL NOT NULL
  ) STRICT;
  CREATE TABLE job_results (
    job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    PRIMARY KEY (job_id, key)
  ) STRICT;
  CREATE TABLE decisions (
    id TEXT PRIMARY KEY,
    track_id TEXT NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    decided REAL NOT NULL
  ) STRICT;
  CREATE TABLE file_hashes (
    path TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    sha256 TEXT NOT NULL
  ) STRICT;
  `,
  // Tracks that come through the plugin, takes that are being recorded, what was given back to a plugin.
  `
  ALTER TABLE tracks ADD COLUMN colour TEXT;
  ALTER TABLE tracks ADD COLUMN slot INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE tracks ADD COLUMN track_group TEXT;
  ALTER TABLE takes ADD COLUMN state TEXT NOT NULL DEFAULT 'complete';
  ALTER TABLE takes ADD COLUMN started REAL NOT NULL DEFAULT 0;
  CREATE TABLE returns (
    track_id TEXT NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    given REAL NOT NULL,
    confirmed REAL,
    PRIMARY KEY (track_id, kind)
  ) STRICT;
  `,
];

export const sessionFormat = migrations.length;
