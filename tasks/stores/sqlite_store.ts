import type { SQLInputValue } from "node:sqlite";
import { UsageError } from "../../src/cli/mod.ts";
import { type Job, ROW_COLUMNS, type SweepRow } from "../../src/sweep/mod.ts";
import { networkFileSystemOf } from "../io/file_system.ts";
import { lockSweep, openDatabase, type SqliteDatabase, type SqliteRow } from "./_sqlite_database.ts";
import {
  type DoneJob,
  type FailedJob,
  type StoredTable,
  type SweepCounts,
  type SweepStore,
  type TakenJob,
  TRIES,
} from "./store.ts";

export { SQLITE_FILE } from "./_sqlite_database.ts";

/** What a job's state is: to be run, done, failed for good. */
const [OPEN, DONE, FAILED] = [0, 1, 2];

const TYPES = { text: "TEXT", integer: "INTEGER", number: "REAL", boolean: "INTEGER" } as const;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS tables (fingerprint TEXT PRIMARY KEY, name TEXT NOT NULL, path TEXT, bytes BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS jobs (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, recipe TEXT NOT NULL, fingerprint TEXT NOT NULL, settings TEXT NOT NULL,
  seed INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT ${OPEN}, tries INTEGER NOT NULL DEFAULT 0, error TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, id);
CREATE TABLE IF NOT EXISTS runs (${
  ROW_COLUMNS.map(({ name, kind }) => `${name} ${TYPES[kind]}${name === "key" ? " PRIMARY KEY" : ""}`).join(", ")
}) STRICT;
`;

const INSERT_ROW = `INSERT OR IGNORE INTO runs VALUES (${ROW_COLUMNS.map(() => "?").join(", ")})`;

/** A failed try, after which the job is open for another, or failed for good. */
const COUNT_TRY = `UPDATE jobs SET tries = tries + 1, error = ?,
  state = CASE WHEN tries + 1 >= ${TRIES} THEN ${FAILED} ELSE ${OPEN} END WHERE id = ?`;

/** How a store in a file is opened. */
export interface SqliteOptions {
  /** The version of the program; a sweep of another one is refused. */
  readonly version: string;
  /** `run`: jobs are run, so that nobody else may; `read`: what is there is read while others run it. */
  readonly mode: "run" | "read";
  /** Told what the user should know. */
  readonly warn?: (message: string) => void;
}

/** The jobs and results of a sweep in one SQLite file, for one process at a time; others may read meanwhile. */
export interface SqliteStore extends SweepStore {
  /** What was noted under a name; null for nothing. */
  note(name: string): string | null;
  /** Notes a text under a name. */
  setNote(name: string, value: string): void;
  /** Adds everything that another sweep's file has; returns how many rows were new. */
  mergeFrom(other: SqliteStore): Promise<number>;
}

/**
 * Opens the file of a sweep in a folder that exists.
 *
 * @throws {UsageError} If another process runs the sweep, or the file is of another version, or is no such file.
 */
export async function openSqlite(folder: string, { version, mode, warn }: SqliteOptions): Promise<SqliteStore> {
  const network = await networkFileSystemOf(folder);
  const isRun = mode === "run";
  using open = new DisposableStack();
  if (isRun) open.use(lockSweep(folder));
  if (network !== null && isRun) {
    warn?.(
      `${folder} is on a network file system (${network}), where SQLite's locks cannot be trusted: no second process may ` +
        "use this folder, and reports must wait for the end; use --out on a local disk, or --store postgres://...",
    );
  }
  const db = open.use(openDatabase(folder, { schema: isRun ? SCHEMA : null, isNetwork: network !== null }));
  const store = createStore(db, folder, () => held.dispose());
  const known = store.note("version");
  if (known === null && isRun) store.setNote("version", version);
  else if (known !== version) {
    throw new UsageError(
      `${folder}: it holds a sweep of resland ${known}, and this is resland ${version}; runs of two versions may differ in ` +
        "their bits, so name another folder or use that version",
    );
  }
  const held = open.move();
  return store;
}

/** The store in an open file; jobs that are taken are this process's own, as it holds the folder. */
function createStore(db: SqliteDatabase, folder: string, close: () => void): SqliteStore {
  const queue = createQueue(db);
  const store: SqliteStore = {
    name: folder,
    note: (name) => (db.one("SELECT value FROM meta WHERE name = ?", name)?.value ?? null) as string | null,
    setNote: (name, value) =>
      void db.transaction(() => db.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)),
    addTables: (tables) => Promise.resolve(addTables(db, tables)),
    tables() {
      const rows = db.all("SELECT fingerprint, name, path FROM tables ORDER BY name");
      return Promise.resolve(rows as unknown as readonly Omit<StoredTable, "bytes">[]);
    },
    tableBytes(fingerprint) {
      const found = db.one("SELECT bytes FROM tables WHERE fingerprint = ?", fingerprint);
      if (found === undefined) throw new UsageError(`${folder} has no table of fingerprint ${fingerprint}`);
      return Promise.resolve(found.bytes as Uint8Array);
    },
    addJobs: (jobs) => Promise.resolve(addJobs(db, jobs)),
    take: (count) => Promise.resolve(queue.take(count)),
    settle: (done, failed) => Promise.resolve(queue.settle(done, failed)),
    release: () => Promise.resolve(),
    isOpen: () => Promise.resolve(queue.isOpen()),
    counts: () => Promise.resolve(count(db)),
    async *rows() {
      for (const found of db.each("SELECT * FROM runs ORDER BY key")) yield rowOf(found);
    },
    failures() {
      const found = db.all(`SELECT * FROM jobs WHERE state = ${FAILED} ORDER BY key`);
      return Promise.resolve(found.map((row) => ({ job: jobOf(row), message: String(row.error) })));
    },
    reopen() {
      const sql = `UPDATE jobs SET state = ${OPEN}, tries = 0 WHERE state = ${FAILED}`;
      return Promise.resolve(db.transaction(() => db.run(sql)));
    },
    mergeFrom: (other) => merge(db, store, other),
    [Symbol.asyncDispose]: () => Promise.resolve(close()),
  };
  return store;
}

function addTables(db: SqliteDatabase, tables: readonly StoredTable[]): void {
  db.transaction(() => {
    for (const { fingerprint, name, path, bytes } of tables) {
      db.run("INSERT OR IGNORE INTO tables VALUES (?, ?, ?, ?)", fingerprint, name, path, bytes);
    }
  });
}

function addJobs(db: SqliteDatabase, jobs: Iterable<Job>): number {
  const sql = "INSERT OR IGNORE INTO jobs (key, recipe, fingerprint, settings, seed) VALUES (?, ?, ?, ?, ?)";
  return db.transaction(() => {
    let added = 0;
    for (const { key, recipe, table, settings, seed } of jobs) {
      added += db.run(sql, key, recipe, table, JSON.stringify(settings), seed);
    }
    return added;
  });
}

function count(db: SqliteDatabase): SweepCounts {
  const states = db.all("SELECT state, count(*) AS count FROM jobs GROUP BY state");
  const of = (state: number) => Number(states.find((found) => found.state === state)?.count ?? 0);
  const stuck = Number(db.one("SELECT count(*) AS count FROM runs WHERE stuck = 1")!.count);
  return { jobs: of(OPEN) + of(DONE) + of(FAILED), done: of(DONE), failed: of(FAILED), stuck };
}

/** The jobs that are open, in their order; those that failed and may be tried again come after the others. */
function createQueue(db: SqliteDatabase) {
  let last = 0;
  const again: TakenJob[] = [];
  return {
    isOpen: () => again.length > 0,
    take(count: number): readonly TakenJob[] {
      const sql = `SELECT * FROM jobs WHERE state = ${OPEN} AND id > ? ORDER BY id LIMIT ?`;
      const taken = db.all(sql, last, count).map((found): TakenJob => {
        last = found.id as number;
        return { job: jobOf(found), ticket: found.id };
      });
      return [...taken, ...again.splice(0, count - taken.length)];
    },
    settle(done: readonly DoneJob[], failed: readonly FailedJob[]): void {
      db.transaction(() => {
        for (const { row, ticket } of done) {
          db.run(INSERT_ROW, ...valuesOf(row));
          db.run(`UPDATE jobs SET state = ${DONE}, error = NULL WHERE id = ?`, ticket as number);
        }
        for (const { ticket, message } of failed) db.run(COUNT_TRY, message, ticket as number);
      });
      for (const { job, ticket } of failed) {
        const found = db.one("SELECT state FROM jobs WHERE id = ?", ticket as number);
        if (found?.state === OPEN) again.push({ job, ticket });
      }
    },
  };
}

/** Copies tables, rows and jobs; refuses a row that contradicts one that is there. */
async function merge(db: SqliteDatabase, into: SqliteStore, from: SqliteStore): Promise<number> {
  const tables = await Promise.all(
    (await from.tables()).map(async (table) => ({ ...table, bytes: await from.tableBytes(table.fingerprint) })),
  );
  await into.addTables(tables);
  const known = new Map<string, SweepRow>();
  for await (const row of into.rows()) known.set(row.key, row);
  const rows = await Array.fromAsync(from.rows());
  for (const row of rows) {
    const other = known.get(row.key);
    const differs = other && ROW_COLUMNS.find(({ field, varies }) => !varies && row[field] !== other[field]);
    if (differs) {
      throw new UsageError(
        `${from.name} and ${into.name} disagree on run ${row.key}: ${differs.name} is ${row[differs.field]} and ${
          other[differs.field]
        }; equal jobs have equal results, so one of the files was changed or made by another build`,
      );
    }
  }
  let added = 0;
  db.transaction(() => {
    for (const row of rows) {
      added += db.run(INSERT_ROW, ...valuesOf(row));
      db.run(
        `INSERT INTO jobs (key, recipe, fingerprint, settings, seed, state) VALUES (?, ?, ?, ?, ?, ${DONE}) ` +
          `ON CONFLICT (key) DO UPDATE SET state = ${DONE}, error = NULL`,
        row.key,
        row.recipe,
        row.fingerprint,
        row.settings,
        row.seed,
      );
    }
  });
  const failures = await from.failures();
  await into.addJobs(failures.map(({ job }) => job));
  db.transaction(() => {
    for (const { job, message } of failures) {
      db.run(`UPDATE jobs SET state = ${FAILED}, error = ? WHERE key = ? AND state = ${OPEN}`, message, job.key);
    }
  });
  return added;
}

/** A job as the table has it. */
function jobOf(found: SqliteRow): Job {
  return {
    key: found.key as string,
    recipe: found.recipe as Job["recipe"],
    table: found.fingerprint as string,
    settings: JSON.parse(found.settings as string),
    seed: found.seed as number,
  };
}

const valuesOf = (row: SweepRow): SQLInputValue[] =>
  ROW_COLUMNS.map(({ field, kind }) => {
    const value = row[field];
    return kind === "boolean" ? Number(value) : value as SQLInputValue;
  });

/** A row as the table has it. */
function rowOf(found: SqliteRow): SweepRow {
  return Object.fromEntries(ROW_COLUMNS.map(({ field, name, kind }) => [
    field,
    kind === "boolean" ? found[name] === 1 : found[name],
  ])) as unknown as SweepRow;
}
