/** What the cells of a column are, said by the user. */
export type DeclaredType = "text" | "number";

/** What comes first in a date such as 3/4/2024: the day, or the month. */
export type DateOrder = "dmy" | "mdy";

/** How a table is to be read, beyond what its cells show. */
export interface Reading {
  /** The types of columns, by name: `text` keeps every cell as it is written, `number` refuses a cell that holds none. */
  readonly types?: Readonly<Record<string, DeclaredType>>;
  /** Whether decimals follow a comma, as in 2,5. */
  readonly decimalComma?: boolean;
  /** Whether digits may be in groups of three, as in 1,234 (1.234 where decimals follow a comma). */
  readonly thousands?: boolean;
  /** Whether numbers may have a sign of percent: 5% is 0.05. */
  readonly percent?: boolean;
  /** Whether numbers may have a sign of a currency: $10 is 10. */
  readonly currency?: boolean;
  /** Whether dates are numbers: days since 1970-01-01. */
  readonly dates?: boolean;
  /** The order of the dates of columns, by name; found from the cells where it is not said. */
  readonly dateOrders?: Readonly<Record<string, DateOrder>>;
  /** The sign of percent or currency that every number of a column has, by name. */
  readonly symbols?: Readonly<Record<string, string>>;
}

/** How the cells of a column are written. */
export interface Spelling {
  /** What the user said that they are; null when nothing was said. */
  readonly declared: DeclaredType | null;
  /** Whether some number is not written in its shortest form (`007`, `1.0`, `1E2`), so that its text is lost. */
  readonly rewritten: boolean;
  /** Whether some number has zeros in front, as codes have; true or absent. */
  readonly zeros?: boolean;
  /** The spellings of missing values that were found, the empty cell left out. */
  readonly missing?: readonly string[];
  /** The sign of percent or currency that every number has. */
  readonly symbol?: string;
  /** The order of its dates. */
  readonly dateOrder?: DateOrder;
  /** Why texts that look like numbers in another spelling were not read as numbers. */
  readonly refused?: RefusedSpelling;
}

/** Texts that look like numbers in another spelling. */
export interface RefusedSpelling {
  /** One of them. */
  readonly example: string;
  /** What it looks like, and what to do. */
  readonly problem: string;
  /** The option that reads it; null when none does. */
  readonly option: "decimal" | "thousands" | "percent" | "currency" | "dates" | null;
  /** Whether decimal commas could be meant in place of groups of three digits; true or absent. */
  readonly orDecimal?: true;
}
