import { xoroshiro128plusFromState } from "npm:pure-rand@8.4.2/generator/xoroshiro128plus";
import type { RandomGenerator } from "npm:pure-rand@8.4.2/types/RandomGenerator";
import type { Key } from "./key.ts";

/** A fresh xoroshiro128+ that starts at the key's bits; it is mutable, so it must not leave the function that draws. */
export function generatorOf({ lanes }: Key): RandomGenerator {
  // The state 0 repeats itself; no other state does.
  return xoroshiro128plusFromState(lanes.some((lane) => lane !== 0) ? lanes : [1, 0, 0, 0]);
}

/** Checks a number of draws. */
export function checkCount(what: string, n: number): void {
  if (!(Number.isInteger(n) && n >= 0 && n < 2 ** 32)) {
    throw new RangeError(`Cannot draw ${what}: the count must be an integer from 0 to 2^32 - 1, got ${n}`);
  }
}
