import { type Header, unevenRow } from "./_header.ts";
import { type Piece, putCell } from "./_piece.ts";

/** Character codes. */
const [LINE_END, SPACE, MINUS, POINT, ZERO] = [10, 32, 45, 46, 48];

/** Whole numbers below this, and powers of ten up to the 22nd, are exact, so that their quotient is the number that is written. */
const EXACT = 2 ** 53;
/** Digits that make a whole number of 31 bits at most. */
const SHORT = 9;
/** Of numbers of more digits than this has, two may be the same in f64, and only one of them is written shortest. */
const UNIQUE = 1e15;
/** Numbers below this are written shortest with an exponent. */
const SMALLEST = 1e-6;
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Makes what adds the rows of a text without quotes to a piece; each of its lines has a line end. A decimal number of up to 15 digits goes
 * from its characters to its column without a text in between; any other cell is cut out and read on its own. The characters are looked at as bytes,
 * which takes a quarter of the time of asking the text for each: those beyond ASCII as one byte that no number has. The bytes' room is kept from text to text.
 */
export function rowScanner(): (text: string, piece: Piece) => void {
  const encoder = new TextEncoder();
  let room = new Uint8Array(0);
  return (text, piece) => {
    if (room.length < text.length) room = new Uint8Array(text.length);
    // One byte too many for the text stops it early.
    const { read, written } = encoder.encodeInto(text, room);
    if (written !== text.length || read !== text.length) encoder.encodeInto(text.replace(/[^\0-\x7f]/g, "?"), room);
    scanRows(text, room, piece);
  };
}

/** Adds the rows of a text, whose characters the bytes are. */
function scanRows(text: string, bytes: Uint8Array, piece: Piece): void {
  const { file, header, room, lines, slots, numbers, written, isText, isRewritten, point } = piece;
  const separator = header.separator.charCodeAt(0);
  const last = slots.length - 1;
  const keepsWritten = written.some((cells) => cells !== null);
  const { length } = text;
  for (let at = 0; at < length; piece.line++) {
    const start = at;
    const { rows } = piece;
    let isBlank = false;
    for (let column = 0;; column++) {
      const from = at;
      while (bytes[at] === SPACE) at++;
      const isNegative = bytes[at] === MINUS;
      if (isNegative) at++;
      const first = at;
      let mantissa = 0;
      let digit = bytes[at] - ZERO;
      while (digit >>> 0 < 10) {
        mantissa = Math.imul(mantissa, 10) + digit | 0;
        digit = bytes[++at] - ZERO;
      }
      const whole = at - first;
      let decimals = 0;
      if (digit + ZERO === point) {
        digit = bytes[++at] - ZERO;
        while (digit >>> 0 < 10) {
          mantissa = Math.imul(mantissa, 10) + digit | 0;
          digit = bytes[++at] - ZERO;
        }
        decimals = at - first - whole - 1;
      }
      const digits = whole + decimals;
      const end = at;
      let code = digit + ZERO;
      while (code !== separator && code !== LINE_END) code = bytes[++at];
      const value = digits <= SHORT ? mantissa : longMantissa(bytes, first, end);
      const isPlain = at === end && digits > 0 && value < EXACT && decimals < POWERS.length;
      const isLast = code === LINE_END;
      if (isLast !== (column === last) || !isPlain && isLast && column === 0) {
        isBlank = isLast && column === 0 && text.slice(start, at).trim() === "";
        if (isBlank) break;
        if (isLast !== (column === last)) {
          throw unevenAt(text, start, { ...header, file, line: piece.line });
        }
      }
      const slot = slots[column];
      if (slot >= 0) {
        if (isPlain && isText[slot] === 0) {
          const number = decimals === 0 ? value : value / POWERS[decimals];
          // Zeros in front, zeros or a point at the end, no digit before the point, -0, and what is shorter with an exponent.
          const leads = whole > 1 && bytes[first] === ZERO;
          const shortest = whole > 0 && !leads &&
            (decimals === 0 ? end === first + digits : point === POINT && bytes[end - 1] !== ZERO) &&
            (number >= SMALLEST || number === 0 && !isNegative) &&
            (value < UNIQUE || isRewritten[slot] > 0 ||
              String(isNegative ? -number : number) === text.slice(from, at).trim());
          if (!shortest) isRewritten[slot] |= leads ? 3 : 1;
          numbers[slot * room + rows] = isNegative ? -number : number;
        } else {
          putCell(piece, slot, text.slice(from, at));
        }
      }
      if (keepsWritten) written[column]?.push(text.slice(from, at));
      if (isLast) break;
      at++;
    }
    at++;
    if (isBlank) continue;
    lines[rows] = piece.line;
    piece.rows = rows + 1;
  }
}

/** Why the row that starts at a place of a text is refused. */
export function unevenAt(
  text: string,
  start: number,
  { columns, separator, file, line }: Pick<Header, "columns" | "separator"> & {
    readonly file: string;
    readonly line: number;
  },
): Error {
  const cells = text.slice(start, text.indexOf("\n", start)).split(separator);
  return unevenRow(cells, columns.length, file, line);
}

/** The whole number of the digits from `at` to `end`, a point among them left out; at least 2^53 where that is not exact. */
function longMantissa(bytes: Uint8Array, at: number, end: number): number {
  let mantissa = 0;
  for (; at < end; at++) if (bytes[at] >= ZERO) mantissa = mantissa * 10 + (bytes[at] - ZERO);
  return mantissa;
}
