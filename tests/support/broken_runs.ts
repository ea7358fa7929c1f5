import { assert, assertEquals } from "@std/assert";
import { fold, key, uniform } from "../../src/random/mod.ts";
import { denoCommand } from "./deno_command.ts";
import { ENTRY, namesOrNone, RUN } from "./program.ts";

/** A command whose runs are broken off. */
export interface BrokenCommand {
  /** What it is called in the figures. */
  readonly name: string;
  /** Its arguments for a run that writes to this place. */
  readonly start: (out: string) => readonly string[];
  /** Those that go on with a run that was broken off there (default: the same). */
  readonly resume?: (out: string) => readonly string[];
  /** What a finished run has written, without what times say. */
  readonly result: (out: string) => Promise<unknown>;
  /** Whether a run is finished. */
  readonly finished: (out: string) => boolean;
  /** Names of the finished pieces of an unfinished run (default: it keeps none). */
  readonly pieces?: (out: string) => readonly string[];
  /** The longest time of a run after which it is broken off [ms] (default: that of an unbroken run). */
  readonly longest?: number;
}

/** What became of the runs of a command. */
export interface Breaks {
  readonly name: string;
  /** Processes that were killed, and that were sent a signal, before they ended. */
  readonly killed: number;
  readonly told: number;
  /** Of those that were sent a signal: how many it ended before the program's first statement. */
  readonly early: number;
  /** The longest time from a signal to the end of a process [ms]. */
  readonly slowest: number;
  /** Runs that ended with the bits of an unbroken one. */
  readonly equal: number;
}

/** Milliseconds of work of its first thread in which a runtime may not have come to the first statement; it takes 40 to 70. */
const START = 300;

/** The moments and kinds of breaks are those of this seed. */
const SEED = 15;

/** Milliseconds that the first thread of a process has had a processor, and has waited for one; null where the system does not say. */
function timesOf(pid: number): { readonly worked: number; readonly waited: number } | null {
  try {
    const [worked, waited] = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/schedstat`).split(" ");
    return { worked: Number(worked) / 1e6, waited: Number(waited) / 1e6 };
  } catch {
    return null;
  }
}

/** Milliseconds between two looks at how long a process has waited. */
const LOOK = 20;

interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stderr: string;
  /** Milliseconds from the break to the end, without those that it waited for a processor; null where the run ended before. */
  readonly took: number | null;
  /** Milliseconds that its first thread had worked until the break; those since its start where the system does not say. */
  readonly worked: number;
}

/** Runs the program, and breaks it off after so many milliseconds, if it is still there. */
async function broken(args: readonly string[], after: number, how: Deno.Signal): Promise<Ended> {
  const child = denoCommand({
    args: [...RUN, "--no-check", "--no-prompt", "--allow-read", "--allow-write", ENTRY, ...args],
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const said = new Response(child.stderr).text();
  let told: { readonly at: number; readonly waited: number; readonly worked: number } | null = null;
  let waited = 0;
  let looks: ReturnType<typeof setInterval> | undefined;
  const timer = setTimeout(() => {
    try {
      const times = timesOf(child.pid);
      child.kill(how);
      told = { at: performance.now(), waited: times?.waited ?? 0, worked: times?.worked ?? after };
      waited = told.waited;
      looks = setInterval(() => waited = Math.max(waited, timesOf(child.pid)?.waited ?? 0), LOOK);
    } catch {
      // It ended by itself just before.
    }
  }, after);
  const { code, signal } = await child.status;
  clearTimeout(timer);
  clearInterval(looks);
  const from = told as { readonly at: number; readonly waited: number; readonly worked: number } | null;
  const took = from === null ? null : Math.max(0, performance.now() - from.at - (waited - from.waited));
  return { code, signal, stderr: await said, took, worked: from?.worked ?? 0 };
}

/**
 * Breaks runs of a command off at moments of no pattern, with SIGKILL, SIGINT and SIGTERM in turn, goes on with each until it is finished,
 * and asserts that it ends as an unbroken one: the same results to the bit, and no finished piece lost on the way.
 */
export async function breakRuns(
  command: BrokenCommand,
  folder: string,
  kills: number,
  signals: number,
): Promise<Breaks> {
  const { name, start, resume = start, result, finished, pieces = () => [] } = command;
  const whole = `${folder}/${name}-whole`;
  const began = performance.now();
  const unbroken = await broken(start(whole), 600_000, "SIGKILL");
  assert(unbroken.took === null && unbroken.code < 2, `${name}: ${unbroken.stderr}`);
  const longest = command.longest ?? performance.now() - began;
  const wanted = await result(whole);
  const shares = uniform(fold(key(SEED), name), 10_000);
  let [killed, told, early, slowest, equal, draws] = [0, 0, 0, 0, 0, 0];
  for (let run = 1; killed < kills || told < signals; run++) {
    const out = `${folder}/${name}-${run}`;
    let [begun, kept]: [boolean, readonly string[]] = [false, []];
    while (!finished(out)) {
      const over = killed >= kills && told >= signals;
      const isKill = told >= signals || killed < kills && killed <= told;
      const how = isKill ? "SIGKILL" : told % 2 === 0 ? "SIGINT" : "SIGTERM";
      const after = over ? 600_000 : 20 + shares[draws++] * longest;
      const { code, signal, stderr, took, worked } = await broken((begun ? resume : start)(out), after, how);
      const where = `${name}, ${how} after ${Math.round(after)} ms: exit ${code}: ${stderr}`;
      if (took === null) {
        assert(code < 2, where);
        assert(finished(out), where);
        break;
      }
      if (isKill) killed++;
      else {
        told++;
        if (signal !== null) {
          early++;
          assert(worked < START, `no exit code of the program: ${where}`);
        } else {
          // A run that was about to end may have ended.
          assert(code === 3 || code < 2 && finished(out), where);
          slowest = Math.max(slowest, took);
        }
      }
      const now = pieces(out);
      if (!finished(out)) {
        assertEquals(kept.filter((one) => !now.includes(one)), [], `a finished piece is lost: ${where}`);
      }
      kept = now;
      begun = namesOrNone(out).includes("config.json");
    }
    assertEquals(await result(out), wanted, `${name}: a resumed run differs`);
    equal++;
    await Deno.remove(out, { recursive: true }).catch(() => {});
  }
  return { name, killed, told, early, slowest, equal };
}

/** The files of a folder, or a file, without times, and without the place where they are. */
export async function filesOf(out: string): Promise<Readonly<Record<string, string>>> {
  const names = namesOrNone(out).filter((name) => name !== "config.json");
  const read = async (file: string) =>
    new TextDecoder("latin1").decode(await Deno.readFile(file))
      .replaceAll(out, "OUT").replaceAll(/"(seconds|date)": .*/g, "").replaceAll(/[\d.]+ s\b/g, "");
  if (names.length === 0) return { "": await read(out) };
  const found = names.map(async (name): Promise<[string, string]> => [
    name,
    (await Deno.stat(`${out}/${name}`)).isFile ? await read(`${out}/${name}`) : "",
  ]);
  return Object.fromEntries(await Promise.all(found));
}
