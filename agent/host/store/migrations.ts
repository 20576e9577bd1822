/** "SOLO" in ASCII: tells the agent's state from any other SQLite file (`PRAGMA application_id`). */
export const APPLICATION_ID = 0x534f4c4f;

/**
 * The state's schema, one step a version; `PRAGMA user_version` counts those that were applied. A step that has been
 * in a release of the agent is never edited. Times are milliseconds since the epoch.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE release (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     started_at INTEGER NOT NULL,
     ended_at INTEGER,
     result TEXT,
     cause TEXT NOT NULL,
     model TEXT,
     services TEXT NOT NULL DEFAULT '{}',
     secrets_version INTEGER
   ) STRICT;
   CREATE TABLE operation (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     kind TEXT NOT NULL,
     pid INTEGER NOT NULL,
     started_at INTEGER NOT NULL,
     ended_at INTEGER,
     state TEXT NOT NULL,
     detail TEXT
   ) STRICT;
   CREATE INDEX operation_unfinished ON operation (id) WHERE ended_at IS NULL;
   CREATE TABLE step (
     operation INTEGER NOT NULL REFERENCES operation (id) ON DELETE CASCADE,
     seq INTEGER NOT NULL,
     step TEXT NOT NULL,
     state TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (operation, seq)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE readiness (
     id INTEGER PRIMARY KEY,
     service TEXT NOT NULL,
     image TEXT NOT NULL,
     at INTEGER NOT NULL,
     ms INTEGER NOT NULL,
     cause TEXT NOT NULL
   ) STRICT;
   CREATE INDEX readiness_service ON readiness (service, id);
   CREATE TABLE build (
     id INTEGER PRIMARY KEY,
     image TEXT NOT NULL,
     at INTEGER NOT NULL,
     ms INTEGER NOT NULL,
     cached INTEGER NOT NULL CHECK (cached IN (0, 1)),
     size_bytes INTEGER NOT NULL,
     inputs TEXT NOT NULL
   ) STRICT;
   CREATE INDEX build_image ON build (image, id);
   CREATE TABLE spec (
     hash TEXT PRIMARY KEY,
     service TEXT NOT NULL,
     json TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
];
