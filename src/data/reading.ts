/** What the cells of a column are, said by the user. */
export type DeclaredType = "text" | "number";

/** How a table is to be read, beyond what its cells show. */
export interface Reading {
  /** The types of columns, by name: `text` keeps every cell as it is written, `number` refuses a cell that holds none. */
  readonly types?: Readonly<Record<string, DeclaredType>>;
}

/** How the cells of a column are written. */
export interface Spelling {
  /** What the user said that they are; null when nothing was said. */
  readonly declared: DeclaredType | null;
  /** Whether some number is not written in its shortest form (`007`, `1.0`, `1E2`), so that its text is lost. */
  readonly rewritten: boolean;
}
