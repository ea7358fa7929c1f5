// Cells of a table in text, as bytes, that are decimal numbers: a module of its own, with the passes over columns. Unchecked: that the text ends in a line end, that
// 15 bytes behind it may be read, that there is room for a row of each of its lines, and that what the places name lies in memory.

export * from "./columns";
export * from "./constants";

const LINE_END: u32 = 10, CARRIAGE_RETURN: u32 = 13, SPACE: u32 = 32, QUOTE: u32 = 34, MINUS: u32 = 45, POINT: u32 = 46, ZERO: u32 = 48;

/** Whole numbers below this have at most 15 digits: exact, and different from each other in f64. */
const UNIQUE: u64 = 1_000_000_000_000_000;
/** Digits that do not overflow, zeros in front counted; and powers of ten up to this one are exact, so that their quotient is the number written. */
const MOST_DIGITS: usize = 18;
/** Numbers below this are written shortest with an exponent. */
const SMALLEST: f64 = 1e-6;

/** Powers of ten, and from the 32nd on the same below 0: the sign of a number is that of what it is divided by. */
const POWERS: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  -1e0, -1e1, -1e2, -1e3, -1e4, -1e5, -1e6, -1e7, -1e8, -1e9, -1e10, -1e11, -1e12, -1e13, -1e14, -1e15, -1e16, -1e17, -1e18,
]);

/** How many line ends a text has; -1 where it holds a quote, a carriage return, a zero, or a byte beyond ASCII. */
export function countPlainLines(at: usize, end: usize): i32 {
  let lines = 0;
  const vectors = at + (end - at & ~15);
  for (; at < vectors; at += 16) {
    const bytes = v128.load(at);
    // Beyond ASCII is below 0 as a signed number.
    const odd = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(<i8>QUOTE)), i8x16.eq(bytes, i8x16.splat(<i8>CARRIAGE_RETURN))),
      i8x16.le_s(bytes, i8x16.splat(0)),
    );
    if (v128.any_true(odd)) return -1;
    lines += popcnt(i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>LINE_END))));
  }
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 0 || byte == QUOTE || byte == CARRIAGE_RETURN || byte >= 128) return -1;
    if (byte == LINE_END) lines++;
  }
  return lines;
}

/** From offset n on the bytes from n - 16 upwards; from offset n of the others ones in 16 - n bytes, then zeros. */
const UPWARDS: usize = memory.data<u8>([
  240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
]);
const ONES: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

/** Vectors that are loaded where they are needed, in one instruction: engines make a constant in three, in every turn of a loop. */
const ZEROS: usize = memory.data<u8>([48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48]);
const NINES: usize = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
const MINUSES: usize = memory.data<u8>([45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45]);
const OF_PAIRS: usize = memory.data<i16>([2561, 2561, 2561, 2561, 2561, 2561, 2561, 2561]);
const OF_FOURS: usize = memory.data<i16>([100, 1, 100, 1, 100, 1, 100, 1]);
const OF_EIGHTS: usize = memory.data<i16>([10000, 1, 10000, 1, 10000, 1, 10000, 1]);
const OF_SIXTEEN: usize = memory.data<f64>([1e8, 1]);

/** The number of up to 15 digits in the last bytes of 16, without a branch: pairs, fours, eights. */
@inline
function numberOfDigits(digits: v128): f64 {
  // The first digit of a pair is the lower byte of a word: times 2561 the upper one is ten times the first and the second, and what is above it is lost.
  const pairs = i16x8.shr_u(i16x8.mul(digits, v128.load(OF_PAIRS)), 8);
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(OF_FOURS));
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), v128.load(OF_EIGHTS));
  const both = f64x2.mul(f64x2.convert_low_i32x4_s(eights), v128.load(OF_SIXTEEN));
  return f64x2.extract_lane(f64x2.add(both, v128.shuffle<f64>(both, both, 1, 0)), 0);
}

/** Marks how the number of a cell is written, which ends at `end` and whose first digit is at `first`. */
function markSpelling(
  number: f64, isNegative: u32, first: usize, whole: usize, decimals: usize, end: usize, point: u32, mark: usize,
): void {
  // Zeros in front, zeros or a point at the end, no digit before the point, -0, and what is shorter with an exponent.
  const leads = whole > 1 && load<u8>(first) == ZERO;
  const isShortest = whole && !leads &&
    (end == first + whole || (decimals && point == POINT && load<u8>(end - 1) != ZERO)) &&
    (number >= SMALLEST || (number == 0 && !isNegative));
  if (!isShortest) store<u8>(mark, load<u8>(mark) | (leads ? 3 : 1));
}

/** What a whole number with so many decimals is divided by, and has its sign from. */
@inline
function divisor(decimals: usize, isNegative: u32): f64 {
  return load<f64>(POWERS + (decimals + (isNegative << 5) << 3));
}

/** Reads the cell at `at`, whatever its length, and keeps its number; gives the place of the character that ends it, or 0 where it is no plain number. */
function readLongCell(at: usize, separator: u32, point: u32, mark: usize, to: usize): usize {
  while (load<u8>(at) == SPACE) at++;
  const isNegative = <u32>(load<u8>(at) == MINUS);
  at += isNegative;
  const first = at;
  let mantissa: u64 = 0, digit = <u32>load<u8>(at) - ZERO;
  while (digit < 10) {
    mantissa = mantissa * 10 + digit;
    digit = <u32>load<u8>(++at) - ZERO;
  }
  const whole = at - first;
  let decimals: usize = 0;
  if (digit + ZERO == point) {
    digit = <u32>load<u8>(++at) - ZERO;
    while (digit < 10) {
      mantissa = mantissa * 10 + digit;
      digit = <u32>load<u8>(++at) - ZERO;
    }
    decimals = at - first - whole - 1;
  }
  const code = digit + ZERO;
  if (whole + decimals - 1 >= MOST_DIGITS || mantissa >= UNIQUE || (code != separator && code != LINE_END)) return 0;
  const number = <f64><i64>mantissa / divisor(decimals, isNegative);
  store<f64>(to, number);
  markSpelling(abs(number), isNegative, first, whole, decimals, at, point, mark);
  return at;
}

/**
 * Reads the cell at `at`, as `readLongCell` does, if the character that ends it is among its first 16 `bytes`, as `ends` has it, and is what it should be;
 * otherwise gives 0. Its digits are moved to the end of a vector, over the point: no branch depends on how many there are.
 */
@inline
function readShortCell(at: usize, bytes: v128, ends: u32, points: v128, point: u32, mark: usize, to: usize): usize {
  const values = i8x16.sub(bytes, v128.load(ZEROS));
  const areDigits = i8x16.le_u(values, v128.load(NINES));
  const digits = <u32>i8x16.bitmask(areDigits);
  const isNegative = <u32>i8x16.bitmask(i8x16.eq(bytes, v128.load(MINUSES))) & 1;
  // What comes before the end: all ones where there is none, so that others are more than one.
  const inside = ~ends & ends - 1;
  const others = inside & ~(digits | isNegative);
  const wrong = (others & others - 1) | (others & ~<u32>i8x16.bitmask(i8x16.eq(bytes, points)));
  if (wrong || (digits & inside) == 0) return 0;
  const length = ctz(ends), dot = ctz(others | ends), hasPoint = <u32>(others != 0);
  const decimals = length - dot - hasPoint;
  const from = i8x16.add(v128.load(UPWARDS + length), v128.load(ONES + 16 + decimals - (hasPoint << 4)));
  const number = numberOfDigits(i8x16.swizzle(v128.and(values, areDigits), from)) / divisor(decimals, isNegative);
  store<f64>(to, number);
  // In the usual case, which needs no closer look, the first digit is the first character, and no zero before another; the last one is no zero behind a point.
  const zeros = <u32>i8x16.bitmask(i8x16.eq(values, i8x16.splat(0)));
  const first = 1 + isNegative, lastBehindPoint = (inside + 1 >>> 1) & -hasPoint;
  const odd = (~digits | (zeros & digits >>> 1)) & first | (zeros | ~digits | -<u32>(point != POINT)) & lastBehindPoint;
  if (odd | <u32>(decimals > 6) | (isNegative & <u32>(number == 0))) {
    markSpelling(abs(number), isNegative, at + isNegative, dot - isNegative, decimals, at + length, point, mark);
  }
  return at + length;
}

/**
 * Reads cells, row after row, from the place that the words at `state` tell, and stops before the first that is to be read otherwise, with 1, or with 0 at the end.
 * The words: where in the text, column, row and line, which change; then the end of the text, the number of columns, separator, decimal point, the rows that
 * there is room for; and the addresses of the slots (of each column: where its numbers are kept, -1 nowhere, -2 it is read otherwise), the numbers [slots, rows],
 * the marks [slots] (1: some number is not in its shortest form; 2: one has zeros in front), the lines [rows] and the text.
 */
export function scanCells(state: usize): i32 {
  const text = <usize>load<u32>(state, 52);
  let at = text + load<u32>(state), column = <usize>load<u32>(state, 4), row = <usize>load<u32>(state, 8);
  let line = load<u32>(state, 12);
  const end = text + load<u32>(state, 16), last = <usize>load<u32>(state, 20) - 1;
  const separator = load<u32>(state, 24), point = load<u32>(state, 28), room = <usize>load<u32>(state, 32);
  const slots = <usize>load<u32>(state, 36), numbers = <usize>load<u32>(state, 40);
  const marks = <usize>load<u32>(state, 44), lines = <usize>load<u32>(state, 48);
  const separators = i8x16.splat(<i8>separator), lineEnds = i8x16.splat(<i8>LINE_END), points = i8x16.splat(<i8>point);
  let stopped = 0;
  while (at < end) {
    const isLast = column == last;
    const slot = load<i32>(slots + (column << 2));
    let to: usize = 0;
    if (slot >= 0) {
      const mark = marks + slot, place = numbers + (<usize>slot * room + row << 3);
      const bytes = v128.load(at);
      to = readShortCell(at, bytes, <u32>i8x16.bitmask(i8x16.eq(bytes, isLast ? lineEnds : separators)), points, point, mark, place);
      if (!to) {
        to = readLongCell(at, separator, point, mark, place);
        if (to && (load<u8>(to) == LINE_END) != isLast) to = 0;
      }
    } else if (slot == -1) {
      to = endOf(at, separators, lineEnds);
      if ((load<u8>(to) == LINE_END) != isLast) to = 0;
    }
    if (!to) {
      stopped = 1;
      break;
    }
    at = to + 1;
    column++;
    if (isLast) {
      store<u32>(lines + (row << 2), line++);
      row++;
      column = 0;
    }
  }
  store<u32>(state, <u32>(at - text));
  store<u32>(state, <u32>column, 4);
  store<u32>(state, <u32>row, 8);
  store<u32>(state, line, 12);
  return stopped;
}

/** The place of the character that ends the cell at `at`. */
function endOf(at: usize, separators: v128, lineEnds: v128): usize {
  let ends: u32 = 0;
  for (at -= 16; !ends;) {
    at += 16;
    const bytes = v128.load(at);
    ends = <u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, separators), i8x16.eq(bytes, lineEnds)));
  }
  return at + ctz(ends);
}
