/**
 * A decimal or scientific number and nothing else: no hexadecimal, no `NaN`, no `inf`, no decimal comma. Digits match in one way only, so
 * that a long cell that is no number costs time in proportion to its length.
 */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** The character codes of 0 and 9. */
const [ZERO, LAST_DIGIT] = [48, 57];

/** The finite number written in a trimmed cell, or null. */
export function numberIn(cell: string): number | null {
  const value = Number(cell);
  // What Number accepts and people do not write: "" as 0, and prefixes such as 0x. The rest of it is NUMBER.
  if (!Number.isFinite(value) || cell === "" || value === 0 && cell.trim() === "") return null;
  return cell.charCodeAt(0) === ZERO && cell.charCodeAt(1) > LAST_DIGIT && !/^0[eE]/.test(cell) ? null : value;
}

/** The same where decimals follow a comma, and never a point. */
export const commaNumberIn = (cell: string): number | null =>
  cell.includes(".") ? null : numberIn(cell.replace(",", "."));

/** Whether a trimmed cell holds a text: no number, not even one that is too large. */
export const isText = (cell: string): boolean => cell !== "" && !NUMBER.test(cell);

/** Why a trimmed cell holds no number, with the repair when the text shows it; null when it holds one. */
export function numberProblem(cell: string, text: string): string | null {
  if (numberIn(cell) !== null) return null;
  if (cell === "") return "the value is missing; fill it in";
  if (NUMBER.test(cell)) return `${text} is too large for a number; write one below 1.8e308`;
  if (/^[+-]?\d+,\d+$/.test(cell)) return `${text} is not a number; write a decimal point instead of the comma`;
  return `${text} is not a number; put a number there`;
}
