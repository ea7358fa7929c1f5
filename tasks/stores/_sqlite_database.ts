import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { UsageError } from "../../src/cli/mod.ts";

/** The file of a sweep in its folder. */
export const SQLITE_FILE = "sweep.sqlite";

/** A row as SQLite has it. */
export type SqliteRow = Record<string, unknown>;

/** A SQLite file whose errors are sentences. */
export interface SqliteDatabase extends Disposable {
  /** All rows of a query. */
  all(sql: string, ...values: SQLInputValue[]): readonly SqliteRow[];
  /** The first row of a query; undefined for none. */
  one(sql: string, ...values: SQLInputValue[]): SqliteRow | undefined;
  /** The rows of a query one after another, however many they are. */
  each(sql: string): Iterable<SqliteRow>;
  /** Changes rows inside of a transaction; returns how many. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Does all of some work, or nothing of it. */
  transaction<T>(work: () => T): T;
}

/**
 * Opens the file of a folder.
 *
 * @param folder The folder, which exists.
 * @param options `schema`: the statements that make its tables, null to read only; `isNetwork`: without shared memory of SQLite's own, which a
 *   network file system does not have.
 * @throws {UsageError} If the file cannot be opened, or is none of SQLite.
 */
export function openDatabase(
  folder: string,
  { schema, isNetwork }: { readonly schema: string | null; readonly isNetwork: boolean },
): SqliteDatabase {
  const guarded = guardOf(folder);
  const db = guarded(() => new DatabaseSync(`${folder}/${SQLITE_FILE}`, { readOnly: schema === null }));
  if (schema !== null) {
    guarded(() => {
      db.exec(`PRAGMA journal_mode = ${isNetwork ? "DELETE" : "WAL"}; PRAGMA synchronous = NORMAL;`);
      db.exec(schema);
    });
  }
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const found = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, found);
    return found;
  };
  return {
    all: (sql, ...values) => guarded(() => prepared(sql).all(...values)),
    one: (sql, ...values) => guarded(() => prepared(sql).get(...values)),
    each: (sql) => guarded(() => db.prepare(sql).iterate()),
    run: (sql, ...values) => Number(prepared(sql).run(...values).changes),
    transaction: (work) => guarded(() => inTransaction(db, work)),
    [Symbol.dispose]: () => db.close(),
  };
}

function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
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

/**
 * Holds a folder for this process until it ends, however it does.
 *
 * @throws {UsageError} If another process holds it, or it cannot be written.
 */
export function lockSweep(folder: string): Disposable {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(`${folder}/sweep.lock`);
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    const held = lock;
    return { [Symbol.dispose]: () => held.close() };
  } catch (error) {
    lock?.close();
    const message = (error as Error).message;
    if (/locked|busy/.test(message)) {
      throw new UsageError(`${folder}: another process runs this sweep; wait for it, or name another folder`);
    }
    throw new UsageError(`${folder}: the folder cannot be used: ${message}`);
  }
}
