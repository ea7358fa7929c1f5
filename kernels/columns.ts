// Passes over columns of numbers of a table: their sums, two columns at a time, and hashes of their rows. To the bit as `src/kernels/js/columns.ts` has them: each
// column is a lane, whose additions keep the order of the rows. Unchecked: that the addresses lie in memory.

/** Odd numbers whose bits look random (the finaliser of MurmurHash3, by Austin Appleby, in the public domain). */
const C1: u32 = 0x85ebca6b, C2: u32 = 0xc2b2ae35;
/** The upper word of -0. */
const MINUS_ZERO: u32 = 0x80000000;

/** The numbers of two columns in one row. */
@inline
function pair(a: usize, b: usize): v128 {
  return v128.load64_lane(b, v128.load64_zero(a), 1);
}

/** What the sum of `sum + value`, which is `next`, has rounded away (Knuth's TwoSum). */
@inline
function roundedAway(sum: v128, value: v128, next: v128): v128 {
  const back = f64x2.sub(next, sum);
  return f64x2.add(f64x2.sub(sum, f64x2.sub(next, back)), f64x2.sub(value, back));
}

/**
 * Takes `n` numbers of two columns into four pairs at `state`: the smallest, the largest, the sum, and what its additions rounded away.
 */
export function surveyColumns(n: usize, a: usize, b: usize, state: usize): void {
  let low = v128.load(state), high = v128.load(state, 16), sum = v128.load(state, 32), lost = v128.load(state, 48);
  for (const end = a + (n << 3); a < end; a += 8, b += 8) {
    const value = pair(a, b);
    low = f64x2.pmin(low, value);
    high = f64x2.pmax(high, value);
    const next = f64x2.add(sum, value);
    lost = f64x2.add(lost, roundedAway(sum, value, next));
    sum = next;
  }
  v128.store(state, low);
  v128.store(state, high, 16);
  v128.store(state, sum, 32);
  v128.store(state, lost, 48);
}

/** Adds `value - shift` and its square, for `n` numbers of two columns, to pairs at `state`: sum, what it rounded away, sum of squares, and the same. */
export function addMoments(n: usize, a: usize, b: usize, shiftA: f64, shiftB: f64, state: usize): void {
  let sum = v128.load(state), lost = v128.load(state, 16), squares = v128.load(state, 32), lostSquares = v128.load(state, 48);
  const shift = f64x2.replace_lane(f64x2.splat(shiftA), 1, shiftB);
  for (const end = a + (n << 3); a < end; a += 8, b += 8) {
    const value = f64x2.sub(pair(a, b), shift);
    const next = f64x2.add(sum, value);
    lost = f64x2.add(lost, roundedAway(sum, value, next));
    sum = next;
    const square = f64x2.mul(value, value);
    const nextSquares = f64x2.add(squares, square);
    lostSquares = f64x2.add(lostSquares, roundedAway(squares, square, nextSquares));
    squares = nextSquares;
  }
  v128.store(state, sum);
  v128.store(state, lost, 16);
  v128.store(state, squares, 32);
  v128.store(state, lostSquares, 48);
}

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
