// Cells of a table in text, as bytes, that are decimal numbers: a module of its own. Unchecked: that the text ends in a line end, that there is room for a row of each
// of its lines, and that what the places name lies in memory.

export * from "./constants";

const LINE_END: u32 = 10, CARRIAGE_RETURN: u32 = 13, SPACE: u32 = 32, QUOTE: u32 = 34, MINUS: u32 = 45, POINT: u32 = 46, ZERO: u32 = 48;

/** Whole numbers below this have at most 15 digits: exact, and different from each other in f64. */
const UNIQUE: u64 = 1_000_000_000_000_000;
/** Digits that do not overflow, zeros in front counted; and powers of ten up to this one are exact, so that their quotient is the number written. */
const MOST_DIGITS: usize = 18;
/** Numbers below this are written shortest with an exponent. */
const SMALLEST: f64 = 1e-6;

const POWERS: usize = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
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
  let stopped = 0;
  while (at < end) {
    const from = at;
    const slot = load<i32>(slots + (column << 2));
    let code = <u32>load<u8>(at);
    if (slot >= 0) {
      while (code == SPACE) code = load<u8>(++at);
      const isNegative = code == MINUS;
      if (isNegative) code = load<u8>(++at);
      const first = at;
      let mantissa: u64 = 0, digit = code - ZERO;
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
      code = digit + ZERO;
      const digits = whole + decimals;
      const isPlain = digits - 1 < MOST_DIGITS && mantissa < UNIQUE && (code == separator || code == LINE_END);
      if (!isPlain || (code == LINE_END) != (column == last)) {
        at = from;
        stopped = 1;
        break;
      }
      let number = <f64><i64>mantissa;
      if (decimals) number /= load<f64>(POWERS + (decimals << 3));
      // Zeros in front, zeros or a point at the end, no digit before the point, -0, and what is shorter with an exponent.
      const leads = whole > 1 && load<u8>(first) == ZERO;
      const isShortest = whole && !leads &&
        (decimals ? point == POINT && load<u8>(at - 1) != ZERO : at == first + digits) &&
        (number >= SMALLEST || (mantissa == 0 && !isNegative));
      if (!isShortest) store<u8>(marks + slot, load<u8>(marks + slot) | (leads ? 3 : 1));
      store<f64>(numbers + (<usize>slot * room + row << 3), isNegative ? -number : number);
    } else {
      if (slot == -1) { while (code != separator && code != LINE_END) code = load<u8>(++at); }
      if (slot != -1 || (code == LINE_END) != (column == last)) {
        at = from;
        stopped = 1;
        break;
      }
    }
    at++;
    column++;
    if (code == LINE_END) {
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
