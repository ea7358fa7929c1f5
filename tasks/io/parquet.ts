import { type BasicType, parquetWriteBuffer } from "npm:hyparquet-writer@0.17.0";

/** A column of a Parquet file: its name, what it holds, and a value for each row. */
export interface ParquetColumn {
  /** Its name. */
  readonly name: string;
  /** What it holds. */
  readonly kind: "text" | "integer" | "number" | "boolean";
  /** The values; null for none. */
  readonly values: readonly (string | number | boolean | null)[];
}

const TYPES: Readonly<Record<ParquetColumn["kind"], BasicType>> = {
  text: "STRING",
  integer: "INT64",
  number: "DOUBLE",
  boolean: "BOOLEAN",
};

/** A table as the bytes of a Parquet file. */
export function encodeParquet(columns: readonly ParquetColumn[]): Uint8Array {
  const columnData = columns.map(({ name, kind, values }) => ({
    name,
    type: TYPES[kind],
    data: kind === "integer" ? values.map((value) => value === null ? null : BigInt(value)) : [...values],
    nullable: true,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
