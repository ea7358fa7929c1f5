import { main } from "../../tasks/commands/command_line.ts";
import { denoCommand } from "./deno_command.ts";

/** What a command line gave back. */
export interface Outcome {
  /** The exit code. */
  readonly code: number;
  /** Everything on stdout. */
  readonly stdout: string;
  /** Everything on stderr, progress left out. */
  readonly stderr: string;
}

/** Runs a command line in this process, its console kept aside. Not for two at a time. */
export async function runHere(args: readonly string[]): Promise<Outcome> {
  const said = { stdout: "", stderr: "" };
  const [log, error] = [console.log, console.error];
  console.log = (...parts) => void (said.stdout += `${parts.join(" ")}\n`);
  console.error = (...parts) => void (said.stderr += `${parts.join(" ")}\n`);
  try {
    return { code: await main(args), ...said };
  } finally {
    [console.log, console.error] = [log, error];
  }
}

const ROOT = new URL("../../", import.meta.url).pathname;

/** The program's entry in the checkout. */
export const ENTRY = new URL("../../tasks/main.ts", import.meta.url).pathname;

/** How the checkout's own programs are started: with the packages of its lock file, and without a word about installing them. */
export const RUN = ["run", "--quiet", `--lock=${new URL("../../deno.lock", import.meta.url).pathname}`];

/** Runs a command line as its own process, with some permissions; another entry or folder than the checkout's if given. */
export async function runApart(
  args: readonly string[],
  permissions: readonly string[],
  { entry = ENTRY, cwd, env = {} }: {
    readonly entry?: string;
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Outcome> {
  const command = denoCommand({
    args: [...entry.startsWith(ROOT) ? RUN : ["run"], "--no-prompt", ...permissions, entry, ...args],
    env,
    cwd,
  });
  const { code, stdout, stderr } = await command.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

/** Starts a command line as its own process and kills it, without a chance to tidy up, once `when` says so. */
export async function runUntil(
  args: readonly string[],
  permissions: readonly string[],
  when: () => boolean,
): Promise<void> {
  const child = denoCommand({
    args: [...RUN, "--no-prompt", ...permissions, ENTRY, ...args],
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const status = child.status.then((found) => {
    ended = true;
    return found;
  });
  while (!ended && !when()) await new Promise((resolve) => setTimeout(resolve, 5));
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
  await status;
}

/** A new folder that goes away at the end of its scope. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "resland-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** The names in a folder, sorted. */
export function namesIn(folder: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), (entry) => entry.name).toSorted();
}

/** The names in a folder; none where there is no folder. */
export function namesOrNone(folder: string): readonly string[] {
  try {
    return namesIn(folder);
  } catch {
    return [];
  }
}
