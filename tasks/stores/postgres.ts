import pg from "npm:pg@8.23.1";
import { UsageError } from "../../src/cli/mod.ts";
import { clock } from "../io/clock.ts";

/** A database as much of it as is used; what it says never holds the password. */
export interface Postgres extends AsyncDisposable {
  /** What messages call it: host, port and database. */
  readonly name: string;
  /** Runs a statement; waits for a database that is away, up to two minutes. */
  query(text: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
}

/** How long a database may be away [ms]. */
const PATIENCE = 120_000;

/** Milliseconds between two tries. */
const PAUSE = 500;

/** Codes of errors of a connection, not of a statement. */
const AWAY = /^(ECONN|EPIPE|ETIMEDOUT|57P0[123]|08|53300|XX000)/;
const AWAY_TEXT =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|the database system is|Client has encountered a connection error/i;

interface PgError extends Error {
  readonly code?: string;
}

const isAway = ({ code = "", message }: PgError): boolean => AWAY.test(code) || AWAY_TEXT.test(message);

/**
 * Connects to the database of a URL; what the URL leaves out comes from the usual PG variables.
 *
 * @param url `postgres://user@host:port/database`.
 * @param warn Told when the database is away, and when it is back.
 * @throws {UsageError} If it is no such URL, or nobody answers there.
 */
export async function connectPostgres(url: string, warn: (message: string) => void): Promise<Postgres> {
  const parsed = parseUrl(url);
  const hidden = [parsed.password, decodeURIComponent(parsed.password)].filter((secret) => secret !== "");
  /** A message without the password. */
  const clean = (message: string) => hidden.reduce((text, secret) => text.replaceAll(secret, "***"), message);
  const pool = new pg.Pool({
    connectionString: url,
    // One connection: sixty-four workers fit into a server as it comes, and a lock is let go by the session that took it.
    max: 1,
    connectionTimeoutMillis: 10_000,
    application_name: "resland",
  });
  pool.on("error", () => {});
  const { host, port, database } = pool.options.host
    ? pool.options
    : { host: parsed.hostname, port: parsed.port, database: parsed.pathname.slice(1) };
  const name = `postgres://${host || "the usual host"}${port ? `:${port}` : ""}/${database || ""}`;
  try {
    await pool.query("SELECT 1");
  } catch (error) {
    await pool.end().catch(() => {});
    throw new UsageError(
      `${name} cannot be used: ${clean((error as Error).message || String((error as PgError).code))}`,
    );
  }
  return {
    name,
    query: (text, values = []) => patiently(() => pool.query(text, [...values]), { name, clean, warn }),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

function parseUrl(url: string): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new UsageError("--store needs a URL such as postgres://user@host:5432/database, and the one given is none");
  }
  if (!/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new UsageError(`--store needs a URL that begins with postgres://, not with ${parsed.protocol}//`);
  }
  return parsed;
}

/** The result of a query, tried again while the database is away. */
async function patiently<T>(
  query: () => Promise<T>,
  { name, clean, warn }: {
    readonly name: string;
    readonly clean: (message: string) => string;
    readonly warn: (message: string) => void;
  },
): Promise<T> {
  const started = clock();
  for (let told = false;;) {
    try {
      const found = await query();
      if (told) warn(`${name} is back`);
      return found;
    } catch (error) {
      const problem = error as PgError;
      const message = clean(problem.message);
      if (!isAway(problem)) throw Object.assign(new Error(message), { code: problem.code });
      if (clock() - started > PATIENCE) {
        throw new UsageError(
          `${name} has been away for ${PATIENCE / 1000} s (${message}); jobs that were not written will be run again`,
        );
      }
      if (!told) warn(`${name} is away (${message}); waiting for it`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
