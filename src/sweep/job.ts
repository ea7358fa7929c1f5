import type { Settings } from "./design.ts";

/** What a job runs: a run of `check` (with the skip, or the same net without it), or a fit. */
export type Recipe = "check" | "fit";

/** One training run. */
export interface Job {
  /** The hash of everything else: equal jobs have equal keys. */
  readonly key: string;
  /** What is run. */
  readonly recipe: Recipe;
  /** The fingerprint of the table's bytes. */
  readonly table: string;
  /** The settings that differ from the defaults, without the seed. */
  readonly settings: Settings;
  /** The seed: every random number of the run comes from it. */
  readonly seed: number;
}

/** What a job is before it has its key, and the version of the program that is to run it. */
export interface JobIdentity extends Omit<Job, "key"> {
  /** The version. */
  readonly version: string;
}

/**
 * What identifies a job, as one text: JSON with its names in order. Equal settings give equal texts, however they were written.
 *
 * @param identity The job, and the version.
 * @returns The text.
 * @example The order of settings does not matter
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const job = { recipe: "check", table: "ab", seed: 1, version: "1.0.0" } as const;
 * const text = identityText({ ...job, settings: { width: 4, rate: 0.1 } });
 * assertEquals(text, identityText({ ...job, settings: { rate: 0.1, width: 4 } }));
 * ```
 */
export function identityText({ recipe, table, settings, seed, version }: JobIdentity): string {
  return JSON.stringify([version, recipe, table, seed, Object.entries(inOrder(settings))]);
}

/** Settings with their names in order: a database may have stored them in another one. */
export function inOrder(settings: Settings): Settings {
  return Object.fromEntries(Object.keys(settings).sort().map((name) => [name, settings[name]]));
}

/** Characters of a key, in hexadecimal: 128 bits. */
const KEY_LENGTH = 32;

/**
 * A job with its key.
 *
 * @param identity The job, and the version.
 * @param hash A hash of text in hexadecimal, such as SHA-256: of 32 characters or more.
 * @returns The job.
 * @example Other seeds, other keys
 * ```ts
 * import { assertNotEquals } from "@std/assert";
 * const hash = (text: string) => text.length.toString(16).padStart(32, "0");
 * const job = { recipe: "check", table: "ab", settings: {}, version: "1.0.0" } as const;
 * assertNotEquals(makeJob({ ...job, seed: 9 }, hash).key, makeJob({ ...job, seed: 10 }, hash).key);
 * ```
 */
export function makeJob(identity: JobIdentity, hash: (text: string) => string): Job {
  const { recipe, table, settings, seed } = identity;
  return { key: hash(identityText(identity)).slice(0, KEY_LENGTH), recipe, table, settings, seed };
}

/** A part of a sweep: number `index` of `count`. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  /** How many there are. */
  readonly count: number;
}

/**
 * Whether a job belongs to a part of the sweep: its key decides, so that every machine agrees without a word, whatever else is in the sweep.
 *
 * @param key The key of the job.
 * @param shard The part.
 * @returns Whether it does; each job belongs to exactly one of the parts.
 * @example Every job has one part
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const parts = [1, 2, 3].filter((index) => isInShard("ffffffff00000000", { index, count: 3 }));
 * assertEquals(parts.length, 1);
 * ```
 */
export function isInShard(key: string, { index, count }: Shard): boolean {
  return Number.parseInt(key.slice(0, 8), 16) % count === index - 1;
}
