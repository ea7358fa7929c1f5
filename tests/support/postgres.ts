/** Where Debian keeps the programs of each version of PostgreSQL. */
const FOLDERS = "/usr/lib/postgresql";

/** The folder of PostgreSQL's programs; null where it is not installed. */
function programs(): string | null {
  try {
    const versions = Array.from(Deno.readDirSync(FOLDERS), ({ name }) => name).toSorted((a, b) =>
      Number(b) - Number(a)
    );
    return versions.length === 0 ? null : `${FOLDERS}/${versions[0]}/bin`;
  } catch {
    return null;
  }
}

/** Whether PostgreSQL is installed. */
export const hasPostgres = programs() !== null;

/** A server of a test's own, on loopback, in a temporary folder. */
export interface TestPostgres extends AsyncDisposable {
  /** Its URL, with a password. */
  readonly url: string;
  /** The password, which nothing may show. */
  readonly password: string;
  /** Kills every process of it at once, as a machine that loses power. */
  kill(): Promise<void>;
  /** Starts it again. */
  start(): Promise<void>;
  /** Runs a statement; returns what psql prints, a row a line. */
  sql(statement: string): Promise<string>;
}

/** Starts a server. */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = programs()!;
  const folder = await Deno.makeTempDir({ prefix: "resland-postgres-" });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const password = "correct-horse-7";
  const asServer = async (args: readonly string[]) => {
    // PostgreSQL refuses to run as root.
    const [program, ...rest] = Deno.uid() === 0
      ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", ...args]
      : args;
    const { success, stderr } = await new Deno.Command(program, { args: rest, stdout: "null", stderr: "piped" })
      .output();
    if (!success) throw new Error(`${args[0]}: ${new TextDecoder().decode(stderr)}`);
  };
  await Deno.writeTextFile(`${folder}/password`, password);
  if (Deno.uid() === 0) await new Deno.Command("chown", { args: ["-R", "postgres", folder] }).output();
  const data = `${folder}/data`;
  await asServer([
    `${bin}/initdb`,
    "-D",
    data,
    "-U",
    "resland",
    "--auth=scram-sha-256",
    `--pwfile=${folder}/password`,
    "--no-sync",
  ]);
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder}`;
  /** Processes of a killed server may hold its memory for a moment. */
  const start = async () => {
    for (let tries = 0;; tries++) {
      try {
        return await asServer([`${bin}/pg_ctl`, "-D", data, "-o", options, "-l", `${folder}/log`, "-w", "start"]);
      } catch (error) {
        if (tries === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  };
  const stop = (mode: string) => asServer([`${bin}/pg_ctl`, "-D", data, "-m", mode, "-w", "stop"]);
  await start();
  return {
    url: `postgres://resland:${password}@127.0.0.1:${port}/postgres`,
    password,
    start,
    async kill() {
      const [pid] = (await Deno.readTextFile(`${data}/postmaster.pid`)).split("\n").map(Number);
      const { stdout } = await new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", String(pid)] }).output();
      const children = new TextDecoder().decode(stdout).split(/\s+/).filter(Boolean).map(Number);
      for (const one of [pid, ...children]) {
        try {
          Deno.kill(one, "SIGKILL");
        } catch {
          // It ended by itself meanwhile.
        }
      }
      await Deno.remove(`${data}/postmaster.pid`).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 300));
    },
    async sql(statement) {
      const { stdout } = await new Deno.Command(`${bin}/psql`, {
        args: ["-h", "127.0.0.1", "-p", String(port), "-U", "resland", "-d", "postgres", "-Atc", statement],
        env: { PGPASSWORD: password },
      }).output();
      return new TextDecoder().decode(stdout).trim();
    },
    async [Symbol.asyncDispose]() {
      await stop("immediate").catch(() => {});
      await Deno.remove(folder, { recursive: true });
    },
  };
}
