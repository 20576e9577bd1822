/** "SOLO" in ASCII: tells the agent's state from any other SQLite file (`PRAGMA application_id`). */
export const APPLICATION_ID = 0x534f4c4f;

/**
 * One step of the schema. A file says itself (table `schema`) from which schema on an agent can work with it: the
 * `readableFrom` of its last step. An agent of schema N opens a file of a later schema, and leaves it at that, as long
 * as that number is not above N; so an agent that was taken back to the version before still finds its state.
 *
 * A step that only adds keeps the number of the step before: new tables, and new columns that may be NULL or have a
 * default, which nothing of the earlier schema has to know to stay right. Any other step is readable from itself on.
 */
type Migration = { readableFrom: number; sql: string };

const FIRST = `CREATE TABLE release (
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
   ) STRICT, WITHOUT ROWID;`;

const WATCHDOG = `CREATE TABLE schema (readable_from INTEGER NOT NULL) STRICT;
   INSERT INTO schema VALUES (2);
   CREATE TABLE lease (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     services TEXT NOT NULL,
     holder TEXT NOT NULL,
     pid INTEGER,
     pid_start TEXT,
     since INTEGER NOT NULL,
     until INTEGER
   ) STRICT;
   CREATE TABLE incident (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     service TEXT NOT NULL,
     opened_at INTEGER NOT NULL,
     closed_at INTEGER,
     level TEXT NOT NULL,
     cause TEXT NOT NULL,
     remedy TEXT,
     detected_ms INTEGER,
     lost_ms INTEGER,
     report INTEGER NOT NULL CHECK (report IN (0, 1)),
     evidence TEXT NOT NULL,
     alerts INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE event (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     at INTEGER NOT NULL,
     service TEXT NOT NULL,
     from_phase TEXT,
     to_phase TEXT NOT NULL,
     cause TEXT NOT NULL
   ) STRICT;
   CREATE INDEX event_service ON event (service, id);
   CREATE TABLE watch (
     only INTEGER PRIMARY KEY CHECK (only = 1),
     state TEXT NOT NULL,
     at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE intent (
     id INTEGER PRIMARY KEY,
     service TEXT NOT NULL,
     cause TEXT NOT NULL,
     at INTEGER NOT NULL,
     detail TEXT NOT NULL,
     ended_at INTEGER,
     outcome TEXT
   ) STRICT;
   CREATE INDEX intent_unfinished ON intent (id) WHERE ended_at IS NULL;
   CREATE TABLE alert (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     key TEXT NOT NULL UNIQUE,
     channel TEXT NOT NULL,
     body TEXT NOT NULL,
     at INTEGER NOT NULL,
     due_at INTEGER NOT NULL,
     tries INTEGER NOT NULL DEFAULT 0,
     last_error TEXT,
     delivered_at INTEGER,
     dropped_at INTEGER
   ) STRICT;
   CREATE INDEX alert_due ON alert (due_at) WHERE delivered_at IS NULL AND dropped_at IS NULL;`;

const ROTATIONS = `CREATE TABLE rotation (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     state TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     ended_at INTEGER,
     record TEXT NOT NULL
   ) STRICT;
   CREATE INDEX rotation_open ON rotation (id) WHERE ended_at IS NULL;
   CREATE TABLE rotation_point (
     rotation INTEGER NOT NULL REFERENCES rotation (id) ON DELETE CASCADE,
     seq INTEGER NOT NULL,
     point TEXT NOT NULL,
     mark TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (rotation, seq)
   ) STRICT, WITHOUT ROWID;`;

const LEASES_BY_BOOT = `ALTER TABLE lease ADD COLUMN until_boot TEXT;
   ALTER TABLE lease ADD COLUMN until_boot_ms INTEGER;`;

/**
 * The state's schema, one step a version; `PRAGMA user_version` counts those that were applied. A step that has been
 * in a release of the agent is never edited. Times are milliseconds since the epoch.
 */
export const MIGRATIONS: readonly Migration[] = [
  { readableFrom: 1, sql: FIRST },
  { readableFrom: 2, sql: WATCHDOG },
  { readableFrom: 2, sql: ROTATIONS },
  { readableFrom: 2, sql: LEASES_BY_BOOT },
];
