import { unevenRow } from "./_header.ts";
import { type Piece, putCell } from "./_piece.ts";

/** Character codes. */
const [LINE_END, SPACE, MINUS, POINT, ZERO, NINE] = [10, 32, 45, 46, 48, 57];

/** Whole numbers below this, and powers of ten up to the 22nd, are exact, so that their quotient is the number that is written. */
const EXACT = 2 ** 53;
/** Numbers below this are written shortest with an exponent. */
const SMALLEST = 1e-6;
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Adds the rows of a text without quotes to a piece; each of its lines has a line end. A decimal number of up to 15 digits goes
 * from its characters to its column without a text in between; any other cell is cut out and read on its own.
 */
export function scanRows(text: string, piece: Piece): void {
  const { file, header, room, lines, slots, numbers, written, isText, isRewritten, point } = piece;
  const separator = header.separator.charCodeAt(0);
  const last = slots.length - 1;
  const keepsWritten = written.some((cells) => cells !== null);
  for (let at = 0; at < text.length; piece.line++) {
    const start = at;
    const { rows } = piece;
    let isBlank = false;
    for (let column = 0;; column++) {
      const from = at;
      let code = text.charCodeAt(at);
      while (code === SPACE) code = text.charCodeAt(++at);
      const isNegative = code === MINUS;
      if (isNegative) code = text.charCodeAt(++at);
      const first = at;
      let mantissa = 0;
      while (code >= ZERO && code <= NINE) {
        mantissa = mantissa * 10 + (code - ZERO);
        code = text.charCodeAt(++at);
      }
      let [digits, decimals] = [at - first, 0];
      if (code === point) {
        code = text.charCodeAt(++at);
        while (code >= ZERO && code <= NINE) {
          mantissa = mantissa * 10 + (code - ZERO);
          code = text.charCodeAt(++at);
        }
        decimals = at - first - digits - 1;
        digits += decimals;
      }
      let isPlain = digits > 0 && mantissa < EXACT && decimals < POWERS.length;
      const end = at;
      while (code !== separator && code !== LINE_END) {
        isPlain = false;
        code = text.charCodeAt(++at);
      }
      const isLast = code === LINE_END;
      if (isLast !== (column === last) || !isPlain && isLast && column === 0) {
        isBlank = isLast && column === 0 && text.slice(start, at).trim() === "";
        if (isBlank) break;
        if (isLast !== (column === last)) throw uneven(text, start, piece);
      }
      const slot = slots[column];
      if (slot >= 0) {
        if (isPlain && isText[slot] === 0) {
          const value = decimals === 0 ? mantissa : mantissa / POWERS[decimals];
          if (isRewritten[slot] === 0) {
            // Zeros in front, zeros or a point at the end, no digit before the point, -0, and what is shorter with an exponent.
            const whole = decimals === 0 ? digits : digits - decimals;
            const shortest = whole > 0 && (whole === 1 || text.charCodeAt(first) !== ZERO) &&
              (decimals === 0 ? end === first + digits : point === POINT && text.charCodeAt(end - 1) !== ZERO) &&
              (value >= SMALLEST || value === 0 && !isNegative);
            if (!shortest) isRewritten[slot] = whole > 1 && text.charCodeAt(first) === ZERO ? 3 : 1;
          }
          numbers[slot * room + rows] = isNegative ? -value : value;
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

  function uneven(text: string, start: number, { line }: Piece): Error {
    const cells = text.slice(start, text.indexOf("\n", start)).split(header.separator);
    return unevenRow(cells.length, header.columns.length, file, line, cells.at(-1)!.trim() === "");
  }
}
