import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { UsageError } from "../../src/cli/mod.ts";
import { type Job, ROW_COLUMNS, type SweepRow } from "../../src/sweep/mod.ts";
import { networkFileSystemOf } from "../io/file_system.ts";
import type { StoredTable, SweepCounts, SweepStore, TakenJob } from "./store.ts";
import { TRIES } from "./store.ts";

/** The file of a sweep in its folder. */
export const SQLITE_FILE = "sweep.sqlite";

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
export async function openSqlite(folder: string, options: SqliteOptions): Promise<SqliteStore> {
  const network = await networkFileSystemOf(folder);
  const refuse = (problem: string): never => {
    throw new UsageError(`${folder}: ${problem}`);
  };
  const guarded = guardOf(folder);
  const lock = options.mode === "run" ? lockFolder(folder, refuse) : null;
  if (network !== null && options.mode === "run") {
    options.warn?.(
      `${folder} is on a network file system (${network}), where SQLite's locks cannot be trusted: no second process may ` +
        "use this folder, and reports must wait for the end; use --out on a local disk, or --store postgres://...",
    );
  }
  try {
    const db = guarded(() => new DatabaseSync(`${folder}/${SQLITE_FILE}`, { readOnly: options.mode === "read" }));
    if (options.mode === "run") {
      guarded(() => {
        // Without a shared memory of its own, which a network file system does not have.
        db.exec(`PRAGMA journal_mode = ${network === null ? "WAL" : "DELETE"}; PRAGMA synchronous = NORMAL;`);
        db.exec(SCHEMA);
      });
    }
    const store = storeOf(db, folder, guarded, () => {
      db.close();
      lock?.close();
    });
    const known = store.note("version");
    if (known === null && options.mode === "run") store.setNote("version", options.version);
    else if (known !== options.version) {
      refuse(
        `it holds a sweep of resland ${known}, and this is resland ${options.version}; runs of two versions may differ in ` +
          "their bits, so name another folder or use that version",
      );
    }
    return store;
  } catch (error) {
    lock?.close();
    throw error;
  }
}

/** Turns the errors of SQLite into sentences. */
function guardOf(folder: string): <T>(work: () => T) => T {
  return (work) => {
    try {
      return work();
    } catch (error) {
      const message = (error as Error).message;
      if (/disk is full|disk I\/O/.test(message)) {
        throw new UsageError(
          `${folder}: the disk is full or cannot be written (${message}); what was finished is kept: make room, and start again`,
        );
      }
      if (/not a database|malformed|no such table|unable to open/.test(message)) {
        throw new UsageError(`${folder}/${SQLITE_FILE} is not the file of a sweep, or is damaged (${message})`);
      }
      if (/readonly database/.test(message)) throw new UsageError(`${folder}: ${SQLITE_FILE} cannot be written`);
      throw error;
    }
  };
}

/** Holds the folder for this process until it ends, however it does. */
function lockFolder(folder: string, refuse: (problem: string) => never): DatabaseSync {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(`${folder}/sweep.lock`);
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    return lock;
  } catch (error) {
    lock?.close();
    const message = (error as Error).message;
    if (/locked|busy/.test(message)) {
      return refuse("another process runs this sweep; wait for it, or name another folder");
    }
    return refuse(`the folder cannot be used: ${message}`);
  }
}

type Guard = <T>(work: () => T) => T;

function storeOf(db: DatabaseSync, folder: string, guarded: Guard, close: () => void): SqliteStore {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const found = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, found);
    return found;
  };
  const all = (sql: string, ...values: SQLInputValue[]) => guarded(() => prepared(sql).all(...values));
  const one = (sql: string, ...values: SQLInputValue[]) => guarded(() => prepared(sql).get(...values));
  const run = (sql: string, ...values: SQLInputValue[]) => Number(prepared(sql).run(...values).changes);
  const transaction = <T>(work: () => T): T =>
    guarded(() => {
      db.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        db.exec("COMMIT");
        return result;
      } catch (error) {
        if (db.isTransaction) db.exec("ROLLBACK");
        throw error;
      }
    });
  const insertRow = `INSERT OR IGNORE INTO runs VALUES (${ROW_COLUMNS.map(() => "?").join(", ")})`;
  let last = 0;
  const again: TakenJob[] = [];
  const store: SqliteStore = {
    name: folder,
    note: (name) => (one("SELECT value FROM meta WHERE name = ?", name)?.value ?? null) as string | null,
    setNote: (name, value) => void transaction(() => run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)),
    addTables(tables) {
      transaction(() => {
        for (const { fingerprint, name, path, bytes } of tables) {
          run("INSERT OR IGNORE INTO tables VALUES (?, ?, ?, ?)", fingerprint, name, path, bytes);
        }
      });
      return Promise.resolve();
    },
    tables() {
      const rows = all("SELECT fingerprint, name, path FROM tables ORDER BY name");
      return Promise.resolve(rows as unknown as readonly Omit<StoredTable, "bytes">[]);
    },
    tableBytes(fingerprint) {
      const found = one("SELECT bytes FROM tables WHERE fingerprint = ?", fingerprint);
      if (found === undefined) throw new UsageError(`${folder} has no table of fingerprint ${fingerprint}`);
      return Promise.resolve(found.bytes as Uint8Array);
    },
    addJobs(jobs) {
      const sql = "INSERT OR IGNORE INTO jobs (key, recipe, fingerprint, settings, seed) VALUES (?, ?, ?, ?, ?)";
      return Promise.resolve(transaction(() => {
        let added = 0;
        for (const { key, recipe, table, settings, seed } of jobs) {
          added += run(sql, key, recipe, table, JSON.stringify(settings), seed);
        }
        return added;
      }));
    },
    take(count) {
      const sql = `SELECT * FROM jobs WHERE state = ${OPEN} AND id > ? ORDER BY id LIMIT ?`;
      const taken = all(sql, last, count).map((found): TakenJob => {
        last = found.id as number;
        return { job: jobOf(found), ticket: found.id };
      });
      return Promise.resolve([...taken, ...again.splice(0, count - taken.length)]);
    },
    settle(done, failed) {
      transaction(() => {
        for (const { row, ticket } of done) {
          run(insertRow, ...valuesOf(row));
          run(`UPDATE jobs SET state = ${DONE}, error = NULL WHERE id = ?`, ticket as number);
        }
        for (const { ticket, message } of failed) {
          run(
            `UPDATE jobs SET tries = tries + 1, error = ?, state = CASE WHEN tries + 1 >= ${TRIES} THEN ${FAILED} ELSE ${OPEN} END WHERE id = ?`,
            message,
            ticket as number,
          );
        }
      });
      for (const { job, ticket } of failed) {
        const found = one("SELECT state FROM jobs WHERE id = ?", ticket as number);
        if (found?.state === OPEN) again.push({ job, ticket });
      }
      return Promise.resolve();
    },
    release: () => Promise.resolve(),
    isOpen: () => Promise.resolve(again.length > 0),
    counts(): Promise<SweepCounts> {
      const states = all("SELECT state, count(*) AS count FROM jobs GROUP BY state");
      const of = (state: number) => Number(states.find((found) => found.state === state)?.count ?? 0);
      const stuck = Number(one("SELECT count(*) AS count FROM runs WHERE stuck = 1")!.count);
      return Promise.resolve({ jobs: of(OPEN) + of(DONE) + of(FAILED), done: of(DONE), failed: of(FAILED), stuck });
    },
    async *rows() {
      for (const found of guarded(() => db.prepare("SELECT * FROM runs ORDER BY key").iterate())) yield rowOf(found);
    },
    failures() {
      const found = all(`SELECT * FROM jobs WHERE state = ${FAILED} ORDER BY key`);
      return Promise.resolve(found.map((row) => ({ job: jobOf(row), message: String(row.error) })));
    },
    reopen: () =>
      Promise.resolve(transaction(() => run(`UPDATE jobs SET state = ${OPEN}, tries = 0 WHERE state = ${FAILED}`))),
    mergeFrom: (other) => merge(store, other, (work) => transaction(work), insertRow, run),
    [Symbol.asyncDispose]() {
      close();
      return Promise.resolve();
    },
  };
  return store;
}

/** Copies tables, rows and jobs; refuses a row that contradicts one that is there. */
async function merge(
  into: SqliteStore,
  from: SqliteStore,
  transaction: (work: () => void) => void,
  insertRow: string,
  run: (sql: string, ...values: SQLInputValue[]) => number,
): Promise<number> {
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
  transaction(() => {
    for (const row of rows) {
      added += run(insertRow, ...valuesOf(row));
      run(
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
  transaction(() => {
    for (const { job, message } of failures) {
      run(`UPDATE jobs SET state = ${FAILED}, error = ? WHERE key = ? AND state = ${OPEN}`, message, job.key);
    }
  });
  return added;
}

/** A job as the table has it. */
function jobOf(found: Record<string, unknown>): Job {
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
function rowOf(found: Record<string, unknown>): SweepRow {
  return Object.fromEntries(ROW_COLUMNS.map(({ field, name, kind }) => [
    field,
    kind === "boolean" ? found[name] === 1 : found[name],
  ])) as unknown as SweepRow;
}
