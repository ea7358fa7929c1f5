/** Where a value is found in an item: a key of an object or an index of an array. */
export type PropertyAccessor = number | string;

/** A column with a header of its own. */
export type ColumnDetails = {
  /** The header; the last accessor by default. */
  header?: string;
  /** The accessor of the value, or the accessors on the way down to it. */
  prop: PropertyAccessor | readonly PropertyAccessor[];
};

/** A column: its accessor, the accessors on the way down, or both with a header. */
export type Column = ColumnDetails | PropertyAccessor | readonly PropertyAccessor[];

/** One row: an object or an array. */
export type DataItem = Readonly<Record<string, unknown> | unknown[]>;

/** Options of {@linkcode stringify}. */
export type StringifyOptions = {
  /** Whether the headers of `columns` make the first line; true by default. */
  headers?: boolean;
  /** What stands between two cells; "," by default. */
  separator?: string;
  /** The columns; needed when the rows are objects. */
  columns?: readonly Column[];
  /** Whether the text starts with a byte-order mark; false by default. */
  bom?: boolean;
};

/** The header of a column and the way to its value. */
function columnOf(column: Column): { header: string; path: readonly PropertyAccessor[] } {
  const details = typeof column === "object" && "prop" in column ? column : { prop: column };
  const path = typeof details.prop === "object" ? details.prop : [details.prop];
  return { header: details.header ?? String(path.at(-1)), path };
}

/** What is found in `item` at the end of `path`; the last value that was there when the path breaks off. */
function valueAt(item: unknown, path: readonly PropertyAccessor[]): unknown {
  return path.reduce<unknown>((value, prop) => {
    if (typeof value !== "object" || value === null) return value;
    if (!Array.isArray(value)) return (value as Record<PropertyAccessor, unknown>)[prop];
    if (typeof prop !== "number") throw new TypeError('Property accessor is not of type "number"');
    return value[prop];
  }, item);
}

/** A value as the text of a cell. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * Writes rows as CSV text; lines end in CR LF.
 *
 * @param data The rows.
 * @param options The columns and how to write them.
 * @returns The text.
 * @throws {TypeError} If rows are objects and no columns are given, or the separator holds a quote or a line end.
 * @example Objects
 * ```ts
 * import { assertEquals } from "@std/assert/equals";
 * assertEquals(stringify([{ a: 1, b: "x,y" }], { columns: ["a", "b"] }), 'a,b\r\n1,"x,y"\r\n');
 * ```
 */
export function stringify(data: readonly DataItem[], options?: StringifyOptions): string {
  const { headers = true, separator = ",", columns = [], bom = false } = options ?? {};
  if (/"|\r\n/.test(separator)) throw new TypeError('Separator cannot include a quotation mark (") or a line end');
  const read = columns.map(columnOf);
  const rows = data.map((item) => {
    if (read.length > 0) return read.map(({ path }) => textOf(valueAt(item, path)));
    if (Array.isArray(item)) return item.map(textOf);
    throw new TypeError("No property accessor function was provided for object");
  });
  const lines = headers && read.length > 0 ? [read.map(({ header }) => header), ...rows] : rows;
  const text = lines.map((cells) => `${cells.map((cell) => quotedIfNeeded(cell, separator)).join(separator)}\r\n`).join(
    "",
  );
  return bom ? `\ufeff${text}` : text;
}

/** A cell in quotes where it holds the separator, a quote or a line feed. */
function quotedIfNeeded(cell: string, separator: string): string {
  const isPlain = !cell.includes(separator) && !cell.includes('"') && !cell.includes("\n");
  return isPlain ? cell : `"${cell.replaceAll('"', '""')}"`;
}
