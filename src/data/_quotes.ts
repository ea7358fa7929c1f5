import { InputError } from "./input_error.ts";

const SEPARATORS = [",", ";", "\t", "|"];

/** The separator that the first record has most of outside quotes, a comma when it has none; the earlier one of two that are even. */
export function separatorOf(text: string): string {
  const counts = SEPARATORS.map(() => 0);
  let inQuotes = false;
  for (const char of text.slice(/^( *\n)*/.exec(text)![0].length)) {
    if (char === '"') inQuotes = !inQuotes;
    else if (inQuotes) continue;
    else if (char === "\n") break;
    else if (SEPARATORS.includes(char)) counts[SEPARATORS.indexOf(char)]++;
  }
  return SEPARATORS[counts.indexOf(Math.max(...counts))];
}

/** Where the record that starts at `from` ends: after its line end; each line of the text has one. */
export function recordEnd(text: string, from: number): number {
  let inQuotes = false;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '"') inQuotes = !inQuotes;
    else if (text[at] === "\n" && !inQuotes) return at + 1;
  }
  return text.length;
}

/** What the quotes of a text that is read in pieces have come to. */
export interface QuoteState {
  /** Whether the text has ended inside a quoted cell; a quote at the very end closes it, unless another follows. */
  readonly open: boolean;
  /** The last character. */
  readonly last: string;
}

/** Before the first character. */
export const NO_QUOTES: QuoteState = { open: false, last: "\n" };

/**
 * Reads over the next piece of a text, once: where its last whole record ends, 0 when none does, and whether a quote was out of
 * place. A quote opens at the start of a cell, is doubled inside, and closes right before a separator or the end of a line.
 */
export function trackQuotes(
  text: string,
  { open, last }: QuoteState,
  separator: string | undefined,
): { readonly end: number; readonly state: QuoteState; readonly misplaced: boolean } {
  const isEdge = (char: string) =>
    char === "\n" || (separator === undefined ? SEPARATORS.includes(char) : char === separator);
  let [isOpen, before, end] = [open, last, 0];
  const at = text.indexOf('"');
  if (at < 0 && (last !== '"' || open)) {
    if (text !== "") before = text[text.length - 1];
    return { end: open ? 0 : text.lastIndexOf("\n") + 1, state: { open, last: before }, misplaced: false };
  }
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '"') {
      if (!isOpen && before !== '"' && !isEdge(before)) return { end, state: { open, last }, misplaced: true };
      isOpen = !isOpen;
    } else if (!isOpen) {
      if (before === '"' && !isEdge(char)) return { end, state: { open, last }, misplaced: true };
      if (char === "\n") end = i + 1;
    }
    before = char;
  }
  return { end, state: { open: isOpen, last: before }, misplaced: false };
}

/** What is wrong with a quote that does not stand at the start of its cell. */
function strayQuote(before: string): string {
  return before.trim() === ""
    ? "spaces stand before the opening quote of a cell; take them out"
    : "a quote stands inside an unquoted cell; quote the whole cell and double the quote";
}

/**
 * Reads over a text whose lines end in "\n", once, and checks its quotes as {@linkcode trackQuotes} does, with a sentence for
 * each mistake: the line at which each record starts; empty lines start none.
 */
export function recordLines(text: string, file: string, first: { line: number; separator: string }): readonly number[] {
  const { separator } = first;
  const lines: number[] = [];
  let [line, opened, cell] = [first.line, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (opened > 0) {
      if (char === "\n") line++;
      if (char !== '"') continue;
      const next = text[at + 1];
      if (next === '"') at++;
      else if (next === undefined || next === separator || next === "\n") opened = 0;
      else {
        const problem = "a quoted cell has text after its closing quote; double the quotes inside the cell";
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
  if (opened === 0) return lines;
  throw new InputError("the quote opened here is never closed; add the closing quote", { file, line: opened });
}
