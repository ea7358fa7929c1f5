import { type Lanes, mix } from "./_mix.ts";

/**
 * Where random numbers come from: an immutable value of 128 bits. A function that draws takes a key and gives the same
 * bits for the same key, always; nothing is used up. So draw from a key once, and {@linkcode split} or
 * {@linkcode fold} it when you need more: two draws from one key share their random bits.
 */
export interface Key {
  /** The bits, as four unsigned 32-bit integers. */
  readonly lanes: readonly [number, number, number, number];
}

/** The first word of a block says what the block holds, so that a seed, an index and a label never meet. */
const SEED = 1;
const INDEX = 2;
const NUMBER = 3;
const TEXT = 4;

/** The fractional parts of the square roots of 2, 3, 5 and 7 (the first words of SHA-256's initial state). */
const ROOT: Lanes = Object.freeze<Lanes>([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a]);

const keyOf = (lanes: Lanes): Key => Object.freeze({ lanes });

/** The 64 bits of a number, behind a tag; -0 counts as 0. */
function numberBlock(tag: number, value: number): Lanes {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value + 0);
  return [tag, bits.getUint32(0), bits.getUint32(4), 0];
}

/** A text as blocks: its length, then eight UTF-16 code units in each, padded with zeros. */
function textBlocks(text: string): readonly Lanes[] {
  const unit = (at: number): number => at < text.length ? text.charCodeAt(at) : 0;
  const word = (at: number): number => (unit(at) | (unit(at + 1) << 16)) >>> 0;
  const bodies = Array.from({ length: Math.ceil(text.length / 8) }, (_, block): Lanes => {
    const at = 8 * block;
    return [word(at), word(at + 2), word(at + 4), word(at + 6)];
  });
  return [[TEXT, text.length, 0, 0], ...bodies];
}

/**
 * The key of a seed. Different seeds give different keys.
 *
 * @param seed An integer from -(2^53 - 1) to 2^53 - 1.
 * @returns The key.
 * @throws {RangeError} If the seed is not such an integer.
 * @example The same seed, the same key
 * ```ts
 * import { assertEquals, assertNotEquals } from "@std/assert";
 * assertEquals(key(7), key(7));
 * assertNotEquals(key(7), key(8));
 * ```
 */
export function key(seed: number): Key {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot make a key: the seed must be a safe integer, got ${seed}`);
  }
  return keyOf(mix(ROOT, numberBlock(SEED, seed)));
}

/**
 * The key's child of the given label: a stream of its own for a named purpose or a numbered step. One key has a
 * different child for every number. Children of texts, and grandchildren, meet with the chance of a 128-bit hash
 * (MurmurHash3, see `_mix.ts`; not for secrets). 1 and "1" are different labels.
 *
 * @param parent The key; still good for other children.
 * @param label A finite number or a text.
 * @returns The child.
 * @throws {RangeError} If the label is NaN or infinite.
 * @example A stream for each purpose
 * ```ts
 * import { assertEquals, assertNotEquals } from "@std/assert";
 * const run = key(1);
 * assertEquals(fold(run, "start"), fold(run, "start"));
 * assertNotEquals(fold(run, "start"), fold(run, "shuffle"));
 * assertNotEquals(fold(fold(run, "shuffle"), 1), fold(fold(run, "shuffle"), 2));
 * ```
 */
export function fold(parent: Key, label: number | string): Key {
  if (typeof label === "string") return keyOf(textBlocks(label).reduce(mix, parent.lanes));
  if (!Number.isFinite(label)) throw new RangeError(`Cannot fold a key: the label must be finite, got ${label}`);
  return keyOf(mix(parent.lanes, numberBlock(NUMBER, label)));
}

/**
 * `n` different keys from one. The i-th does not depend on `n`, and differs from the children of {@linkcode fold}.
 *
 * @param parent The key; draw from the children instead of it.
 * @param n How many, 0 or more (default 2).
 * @returns The children.
 * @throws {RangeError} If `n` is not an integer from 0 to 2^32 - 1.
 * @example One key for the weights, one for the order of the rows
 * ```ts
 * import { assertEquals, assertNotEquals } from "@std/assert";
 * const [weights, order] = split(key(1), 2);
 * assertNotEquals(weights, order);
 * assertEquals(split(key(1), 3)[1], order);
 * ```
 */
export function split(parent: Key, n: number = 2): readonly Key[] {
  if (!(Number.isInteger(n) && n >= 0 && n < 2 ** 32)) {
    throw new RangeError(`Cannot split a key: the number of keys must be an integer from 0 to 2^32 - 1, got ${n}`);
  }
  return Object.freeze(Array.from({ length: n }, (_, i) => keyOf(mix(parent.lanes, [INDEX, i, 0, 0]))));
}
