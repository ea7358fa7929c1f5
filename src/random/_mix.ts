/** 128 bits as four unsigned 32-bit integers. */
export type Lanes = readonly [number, number, number, number];

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/** One 32-bit word of a block, scrambled: a bijection for fixed odd multipliers. */
const scramble = (word: number, first: number, by: number, second: number): number =>
  Math.imul(rotate(Math.imul(word, first), by), second);

/** The 32-bit finaliser of MurmurHash3: a bijection in which every input bit moves about half of the output bits. */
function finalise(x: number): number {
  const a = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return b ^ (b >>> 16);
}

/**
 * Absorbs one block of 128 bits and mixes: the body of MurmurHash3_x86_128 (A. Appleby, public domain) for one block,
 * then its finalisation without the length. For a fixed block it is a bijection of `state`, and for a fixed state of
 * `block`: two blocks never give one state the same successor.
 */
export function mix([s1, s2, s3, s4]: Lanes, [k1, k2, k3, k4]: Lanes): Lanes {
  const a1 = Math.imul(rotate(s1 ^ scramble(k1, 0x239b961b, 15, 0xab0e9789), 19) + s2, 5) + 0x561ccd1b | 0;
  const a2 = Math.imul(rotate(s2 ^ scramble(k2, 0xab0e9789, 16, 0x38b34ae5), 17) + s3, 5) + 0x0bcaa747 | 0;
  const a3 = Math.imul(rotate(s3 ^ scramble(k3, 0x38b34ae5, 17, 0xa1e38b93), 15) + s4, 5) + 0x96cd1c35 | 0;
  const a4 = Math.imul(rotate(s4 ^ scramble(k4, 0xa1e38b93, 18, 0x239b961b), 13) + a1, 5) + 0x32ac3b17 | 0;
  const a = a1 + a2 + a3 + a4 | 0;
  const [f1, f2, f3, f4] = [finalise(a), finalise(a2 + a | 0), finalise(a3 + a | 0), finalise(a4 + a | 0)];
  const f = f1 + f2 + f3 + f4 | 0;
  return Object.freeze<Lanes>([f >>> 0, (f2 + f) >>> 0, (f3 + f) >>> 0, (f4 + f) >>> 0]);
}
