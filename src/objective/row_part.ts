import type { Address } from "../kernels/mod.ts";

/** Some columns of the rows of a visit, which follow each other without gaps. */
export interface RowPart {
  /** Where the first row starts. */
  readonly at: Address;
  /** The first of the columns. */
  readonly first: number;
  /** How many columns. */
  readonly cols: number;
}
