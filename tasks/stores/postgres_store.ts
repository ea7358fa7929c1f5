import { UsageError } from "../../src/cli/mod.ts";
import { type Job, ROW_COLUMNS, type SweepRow } from "../../src/sweep/mod.ts";
import { type JobQueue, openQueue } from "./_postgres_queue.ts";
import { connectPostgres, type Postgres } from "./postgres.ts";
import { type DoneJob, type FailedJob, type Failure, type SweepStore, TRIES } from "./store.ts";

const TYPES = { text: "text", integer: "bigint", number: "double precision", boolean: "boolean" } as const;

/** The schema of our own tables; the queue has its own beside it. */
const OWN = "resland";

/** Two processes that make the tables at once take turns. */
const LOCK = 7_305_773;

const TABLES = `
SELECT pg_advisory_lock(${LOCK});
CREATE SCHEMA IF NOT EXISTS ${OWN};
CREATE TABLE IF NOT EXISTS ${OWN}.tables (fingerprint text PRIMARY KEY, name text NOT NULL, path text, bytes bytea NOT NULL);
CREATE TABLE IF NOT EXISTS ${OWN}.jobs (
  key text PRIMARY KEY, recipe text NOT NULL, fingerprint text NOT NULL, settings jsonb NOT NULL, seed bigint NOT NULL,
  version text NOT NULL, tries integer NOT NULL DEFAULT 0, error text
);
CREATE TABLE IF NOT EXISTS ${OWN}.runs (${
  ROW_COLUMNS.map(({ name, kind }) => `${name} ${TYPES[kind]}${name === "key" ? " PRIMARY KEY" : ""}`).join(", ")
}, finished timestamptz NOT NULL DEFAULT now());
SELECT pg_advisory_unlock(${LOCK});
`;

/** Jobs and rows that one statement takes at most. */
const BATCH = 1000;

/** A store in PostgreSQL, for any number of machines. */
export interface PostgresStore extends SweepStore {
  /** Versions of resland other than this one that have open jobs. */
  otherVersions(): Promise<readonly string[]>;
}

/**
 * Opens the store in a database, and makes its tables where there are none.
 *
 * @param url `postgres://user@host:port/database`.
 * @param version The version of the program: jobs of others are left alone.
 * @param warn Told what the user should know.
 */
export async function openPostgres(
  url: string,
  version: string,
  warn: (message: string) => void,
): Promise<PostgresStore> {
  const db = await connectPostgres(url, warn);
  try {
    for (const statement of TABLES.split(";\n").filter((text) => text.trim() !== "")) await db.query(statement);
    return createStore(db, await openQueue(db, version, warn), version);
  } catch (error) {
    await db[Symbol.asyncDispose]();
    throw error;
  }
}

/** Tables, jobs and rows of one version in a database; which of its jobs are open, and who has them, is in the queue. */
function createStore(db: Postgres, queue: JobQueue, version: string): PostgresStore {
  return {
    name: db.name,
    async addTables(tables) {
      for (const { fingerprint, name, path, bytes } of tables) {
        const sql = `INSERT INTO ${OWN}.tables VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`;
        await db.query(sql, [fingerprint, name, path, bytes]);
      }
    },
    async tables() {
      return (await db.query(`SELECT fingerprint, name, path FROM ${OWN}.tables ORDER BY name`)).rows as never;
    },
    async tableBytes(fingerprint) {
      const found = await one(db, `SELECT bytes FROM ${OWN}.tables WHERE fingerprint = $1`, fingerprint);
      if (found === undefined) throw new UsageError(`${db.name} has no table of fingerprint ${fingerprint}`);
      return new Uint8Array(found.bytes as Uint8Array);
    },
    async addJobs(jobs) {
      let added = 0;
      for (const batch of batches(jobs, BATCH)) added += await addBatch(db, queue, batch, version);
      return added;
    },
    take: (count) => queue.take(count),
    settle: (done, failed) => settle(db, queue, done, failed),
    release: (jobs) => queue.release(jobs),
    async isOpen() {
      return (await one(db, OPEN, version)).open as boolean;
    },
    async counts() {
      const found = await one(db, COUNTS, version);
      return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, Number(value)])) as never;
    },
    rows: () => rowsOf(db, version),
    failures: () => failuresOf(db, version),
    async reopen() {
      const failures = await failuresOf(db, version);
      const sql = `UPDATE ${OWN}.jobs SET tries = 0, error = NULL WHERE tries >= ${TRIES} AND version = $1`;
      await db.query(sql, [version]);
      await queue.reopen(failures.map(({ job }) => job));
      return failures.length;
    },
    async otherVersions() {
      return (await db.query(OTHER_VERSIONS, [version])).rows.map((found) => String(found.version));
    },
    async [Symbol.asyncDispose]() {
      await queue[Symbol.asyncDispose]();
      await db[Symbol.asyncDispose]();
    },
  };
}

/** The first row of a query. */
const one = async (db: Postgres, text: string, ...values: readonly unknown[]) => (await db.query(text, values)).rows[0];

/** Keeps the rows of jobs that are done, and counts the tries of those that failed. */
async function settle(
  db: Postgres,
  queue: JobQueue,
  done: readonly DoneJob[],
  failed: readonly FailedJob[],
): Promise<void> {
  if (done.length > 0) {
    await db.query(INSERT_ROWS, [JSON.stringify(done.map(({ row }) => namedRow(row)))]);
    await queue.complete(done.map(({ job }) => job));
  }
  for (const { job, message } of failed) {
    const sql = `UPDATE ${OWN}.jobs SET tries = tries + 1, error = $2 WHERE key = $1 RETURNING tries`;
    const { tries } = await one(db, sql, job.key, message);
    if (Number(tries) >= TRIES) await queue.complete([job]);
    else await queue.retry(job, message);
  }
}

async function* rowsOf(db: Postgres, version: string): AsyncGenerator<SweepRow> {
  const sql = `SELECT * FROM ${OWN}.runs WHERE key > $1 AND version = $2 ORDER BY key LIMIT ${BATCH}`;
  for (let after = "";;) {
    const { rows } = await db.query(sql, [after, version]);
    for (const found of rows) yield rowOf(found);
    if (rows.length < BATCH) return;
    after = rows.at(-1)!.key as string;
  }
}

async function failuresOf(db: Postgres, version: string): Promise<readonly Failure[]> {
  const sql = `SELECT * FROM ${OWN}.jobs WHERE tries >= ${TRIES} AND version = $1 ORDER BY key`;
  return (await db.query(sql, [version])).rows.map((found) => ({ job: jobOf(found), message: String(found.error) }));
}

/** Rows as JSON, so that one statement takes many; a row that is there stays. */
const INSERT_ROWS = `INSERT INTO ${OWN}.runs (${ROW_COLUMNS.map(({ name }) => name).join(", ")})
  SELECT ${ROW_COLUMNS.map(({ name }) => name).join(", ")} FROM json_to_recordset($1::json)
  AS given(${ROW_COLUMNS.map(({ name, kind }) => `${name} ${TYPES[kind]}`).join(", ")}) ON CONFLICT (key) DO NOTHING`;

const COUNTS = `SELECT count(*) AS jobs, count(r.key) AS done,
  count(*) FILTER (WHERE r.key IS NULL AND j.tries >= ${TRIES}) AS failed, count(*) FILTER (WHERE r.stuck) AS stuck
  FROM ${OWN}.jobs j LEFT JOIN ${OWN}.runs r USING (key) WHERE j.version = $1`;

const OPEN = `SELECT EXISTS (SELECT 1 FROM ${OWN}.jobs j WHERE j.version = $1 AND j.tries < ${TRIES}
  AND NOT EXISTS (SELECT 1 FROM ${OWN}.runs r WHERE r.key = j.key)) AS open`;

const OTHER_VERSIONS = `SELECT DISTINCT version FROM ${OWN}.jobs j WHERE version <> $1 AND tries < ${TRIES}
  AND NOT EXISTS (SELECT 1 FROM ${OWN}.runs r WHERE r.key = j.key) ORDER BY version`;

/** Notes jobs, and puts those that are not done into the queue: what is there already stays as it is. */
async function addBatch(
  db: Postgres,
  queue: JobQueue,
  jobs: readonly Job[],
  version: string,
): Promise<number> {
  const given = jobs.map(({ key, recipe, table, settings, seed }) => ({
    key,
    recipe,
    fingerprint: table,
    settings,
    seed,
  }));
  const inserted = await db.query(
    `INSERT INTO ${OWN}.jobs (key, recipe, fingerprint, settings, seed, version)
     SELECT key, recipe, fingerprint, settings, seed, $2 FROM json_to_recordset($1::json)
     AS given(key text, recipe text, fingerprint text, settings jsonb, seed bigint) ON CONFLICT DO NOTHING RETURNING key`,
    [JSON.stringify(given), version],
  );
  const done = await db.query(`SELECT key FROM ${OWN}.runs WHERE key = ANY($1)`, [jobs.map(({ key }) => key)]);
  const has = new Set(done.rows.map(({ key }) => key));
  await queue.add(jobs.filter(({ key }) => !has.has(key)));
  return inserted.rows.length;
}

function* batches<T>(items: Iterable<T>, size: number): Generator<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A row by the names of its columns. */
const namedRow = (row: SweepRow) => Object.fromEntries(ROW_COLUMNS.map(({ field, name }) => [name, row[field]]));

/** A row as the table has it; whole numbers come as text. */
function rowOf(found: Record<string, unknown>): SweepRow {
  return Object.fromEntries(ROW_COLUMNS.map(({ field, name, kind }) => {
    const value = found[name];
    return [field, kind === "integer" && value !== null ? Number(value) : value];
  })) as unknown as SweepRow;
}

const jobOf = (found: Record<string, unknown>): Job => ({
  key: found.key as string,
  recipe: found.recipe as Job["recipe"],
  table: found.fingerprint as string,
  settings: found.settings as Job["settings"],
  seed: Number(found.seed),
});
