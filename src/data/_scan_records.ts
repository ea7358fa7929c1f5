import { InputError } from "./input_error.ts";

/** Where each record of a text starts, and the separator its first record uses. */
export interface Scan {
  /** The line on which each record starts, from 1; empty lines start none. */
  readonly lines: readonly number[];
  /** A comma, semicolon or tab: whichever the first record has most of outside quotes; a comma when it has none. */
  readonly separator: string;
}

const SEPARATORS = [",", ";", "\t"];

/** The separator that the first record has most of outside quotes; the earlier one of two that are even. */
function separatorOf(text: string): string {
  const counts = SEPARATORS.map(() => 0);
  let inQuotes = false;
  for (const char of text.replace(/^( *\n)+/, "")) {
    if (char === '"') inQuotes = !inQuotes;
    else if (inQuotes) continue;
    else if (char === "\n") break;
    else if (SEPARATORS.includes(char)) counts[SEPARATORS.indexOf(char)]++;
  }
  return SEPARATORS[counts.indexOf(Math.max(...counts))];
}

/** What is wrong with a quote that does not stand at the start of its cell. */
function strayQuote(before: string): string {
  return before.trim() === ""
    ? "spaces stand before the opening quote of a cell; take them out"
    : "a quote stands inside an unquoted cell; quote the whole cell and double the quote";
}

/**
 * Reads over a text whose lines end in "\n", once, and checks its quotes: a quote opens at the start of a cell, is
 * doubled inside, and closes right before a separator or the end of a line. A piece of a longer text is told its first line
 * and the separator.
 */
export function scanRecords(
  text: string,
  file: string,
  known: { line: number; separator: string } | null = null,
): Scan {
  const separator = known?.separator ?? separatorOf(text);
  if (!text.includes('"')) return { lines: plainLines(text, known?.line ?? 1), separator };
  const lines: number[] = [];
  let [line, opened, cell] = [known?.line ?? 1, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (opened > 0) {
      if (char === "\n") line++;
      if (char !== '"') continue;
      const next = text[at + 1];
      if (next === '"') at++;
      else if (next === undefined || next === separator || next === "\n") opened = 0;
      else {
        const problem = "a quoted cell goes on after its closing quote; double the quotes inside the cell";
        throw new InputError(problem, { file, line });
      }
    } else if (char === "\n") {
      line++;
      cell = at + 1;
    } else {
      if (at === 0 || text[at - 1] === "\n") lines.push(line);
      if (char === separator) cell = at + 1;
      if (char !== '"') continue;
      if (at > cell) throw new InputError(strayQuote(text.slice(cell, at)), { file, line });
      opened = line;
    }
  }
  if (opened === 0) return { lines, separator };
  throw new InputError("the quote opened here is never closed; add the closing quote", { file, line: opened });
}

/** The lines that are not empty, in a text without quotes. */
function plainLines(text: string, first: number): readonly number[] {
  const lines: number[] = [];
  for (let [from, line] = [0, first]; from < text.length; line++) {
    const end = text.indexOf("\n", from);
    if (end !== from) lines.push(line);
    if (end < 0) break;
    from = end + 1;
  }
  return lines;
}
