/** Characters of a message, at most. */
const MOST = 300;

/** How much of a message that is cut stands after the cut: the repair. */
const TAIL = 110;

/** What a terminal obeys instead of showing it: control characters but tab and line feed, marks of direction, line separators. */
// deno-lint-ignore no-control-regex
const OBEYED = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const code = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * Text that is safe on a terminal: what a terminal would obey stands as its code, such as `\u001b`. In JSON that is the same text.
 *
 * @param text Any text, such as one with names from a file.
 * @returns The text, with its line ends.
 * @example An escape sequence, and a mark that reverses the line
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(plainText("a\x1b[2Jb\u202ec\n"), "a\\u001b[2Jb\\u202ec\n");
 * ```
 */
export function plainText(text: string): string {
  return text.replace(OBEYED, code);
}

/**
 * A message as one line of at most 300 characters that is safe on a terminal; the middle of a longer one is left out, and its end,
 * which says what to do, is kept.
 *
 * @param message The message.
 * @returns One line, without its end.
 * @example A line end inside
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(messageLine("a\nb"), "a\\u000ab");
 * assertEquals(messageLine("x".repeat(400)).length, 300);
 * ```
 */
export function messageLine(message: string): string {
  const line = plainText(message).replace(/[\n\t]/g, code);
  return line.length <= MOST ? line : `${line.slice(0, MOST - TAIL - 5)} ... ${line.slice(-TAIL)}`;
}
