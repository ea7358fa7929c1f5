/** What a spreadsheet takes for the start of a formula, the wide forms of the signs too, which it reads as the narrow ones. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A number and nothing else, in any spelling: it computes nothing. */
const PLAIN = /^[+-][\d.,]+(?:[eE][+-]?\d+)?\s?%?$/;

/**
 * A text as a cell of a CSV file that a spreadsheet may open: where it would be run as a formula (`=`, `+`, `-`, `@`, a tab or a line
 * end in front), it gets an apostrophe in front, which has spreadsheets show it as a text. Numbers such as -1.5 stay as they are.
 *
 * @param text The text.
 * @returns The text, marked where it is no plain number.
 * @example A formula and a number
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(["=1+1", "-1.5", "a=b"].map(spreadsheetText), ["'=1+1", "-1.5", "a=b"]);
 * ```
 */
export function spreadsheetText(text: string): string {
  return text.length > 1 && FORMULA.test(text) && !PLAIN.test(text) ? `'${text}` : text;
}
