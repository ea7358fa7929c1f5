/** The cells of one column of a table, trimmed: numbers where they are written so, texts elsewhere. Immutable. */
export type Column = NumberColumn | TextColumn | MixedColumn;

/** A column in which every cell is a number. */
export interface NumberColumn {
  /** What the cells are. */
  readonly kind: "number";
  /** The number in each row. */
  readonly numbers: Float64Array;
  /** No cell is a text. */
  readonly codes: null;
  /** There are none. */
  readonly texts: readonly string[];
}

/** A column in which no cell is a number; each different text is kept once. */
export interface TextColumn {
  /** What the cells are. */
  readonly kind: "text";
  /** No cell is a number. */
  readonly numbers: null;
  /** Which of `texts` stands in each row. */
  readonly codes: Int32Array;
  /** The different texts, each of them in some row, in the order in which they come; a missing value is the empty text. */
  readonly texts: readonly string[];
}

/** A column of numbers and texts; a column of numbers with missing values is one. */
export interface MixedColumn {
  /** What the cells are. */
  readonly kind: "mixed";
  /** The number in each row; NaN where there is a text. */
  readonly numbers: Float64Array;
  /** Which of `texts` stands in each row; -1 for a number. */
  readonly codes: Int32Array;
  /** The different texts, each of them in some row, in the order in which they come; a missing value is the empty text. */
  readonly texts: readonly string[];
}

/** A column of the kind that its parts have; without codes every cell is a number, without numbers every cell is a text. */
export function makeColumn(numbers: Float64Array | null, codes: Int32Array | null, texts: Iterable<string>): Column {
  if (codes === null) {
    return Object.freeze({ kind: "number", numbers: numbers ?? new Float64Array(0), codes, texts: Object.freeze([]) });
  }
  const known = Object.freeze([...texts]);
  return Object.freeze(
    numbers === null
      ? { kind: "text" as const, numbers, codes, texts: known }
      : { kind: "mixed" as const, numbers, codes, texts: known },
  );
}

/** The text of a cell; a number as it is written shortest. */
export function textAt({ numbers, codes, texts }: Column, row: number): string {
  return codes !== null && codes[row] >= 0 ? texts[codes[row]] : String(numbers![row]);
}

/** The code of missing values, or null when there are none. */
export function missingCode({ texts }: Column): number | null {
  const code = texts.indexOf("");
  return code < 0 ? null : code;
}

/** The different texts of a column, those of its numbers included, each once. */
export function distinctTexts({ numbers, texts }: Column): string[] {
  const values = new Set<number>();
  for (const value of numbers ?? []) if (!Number.isNaN(value)) values.add(value);
  return [...new Set([...texts, ...Array.from(values, String)])];
}

/** Some of the cells, in the order of `rows`; texts that are in none of them are forgotten. */
export function takeCells({ numbers, codes, texts }: Column, rows: readonly number[]): Column {
  const taken = numbers && Float64Array.from(rows, (row) => numbers[row]);
  if (codes === null) return makeColumn(taken, null, []);
  const old = Int32Array.from(rows, (row) => codes[row]);
  const used = [...new Set(old)].filter((code) => code >= 0).sort((a, b) => a - b);
  if (used.length === 0) return makeColumn(taken, null, []);
  const codeNow = new Map(used.map((code, index) => [code, index]));
  const isText = taken === null || old.every((code) => code >= 0);
  return makeColumn(isText ? null : taken, old.map((code) => codeNow.get(code) ?? -1), used.map((code) => texts[code]));
}
