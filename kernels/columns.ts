// Hashes of the rows of a table, column after column, as `src/kernels/js/columns.ts` has them. Unchecked: that the addresses lie in memory.

/** Odd numbers whose bits look random (the finaliser of MurmurHash3, by Austin Appleby, in the public domain). */
const C1: u32 = 0x85ebca6b, C2: u32 = 0xc2b2ae35;
/** The upper word of -0. */
const MINUS_ZERO: u32 = 0x80000000;

@inline
function spread(bits: v128): v128 {
  let h = i32x4.mul(v128.xor(bits, i32x4.shr_u(bits, 16)), i32x4.splat(C1));
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(C2));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

/** Mixes the bits of four numbers into the two hashes of their rows. */
@inline
function mixFour(lows: v128, signs: v128, first: usize, second: usize): void {
  // -0 is 0.
  const isMinusZero = v128.and(i32x4.eq(lows, i32x4.splat(0)), i32x4.eq(signs, i32x4.splat(MINUS_ZERO)));
  const highs = v128.andnot(signs, isMinusZero);
  const firsts = i32x4.add(i32x4.mul(v128.load(first), i32x4.splat(31)), lows);
  v128.store(first, spread(v128.xor(firsts, spread(highs))));
  const seconds = i32x4.add(i32x4.mul(v128.load(second), i32x4.splat(37)), highs);
  v128.store(second, spread(v128.xor(seconds, spread(i32x4.add(lows, i32x4.splat(1))))));
}

/** Mixes `n` numbers into the hashes of their rows [n]; `n` is a multiple of 4, which is left to the caller: what is behind the last row may be anything. */
export function mixColumn(n: usize, x: usize, first: usize, second: usize): void {
  for (const end = x + (n << 3); x < end; x += 32, first += 16, second += 16) {
    const two = v128.load(x), others = v128.load(x, 16);
    mixFour(v128.shuffle<i32>(two, others, 0, 2, 4, 6), v128.shuffle<i32>(two, others, 1, 3, 5, 7), first, second);
  }
}
