import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type BytePiece,
  bytesInMemory,
  collectTable,
  InputError,
  parseTable,
  type ReadTableOptions,
  type Table,
  tablePieces,
} from "../../src/data/mod.ts";
import { unpack } from "../../src/data/_unpack.ts";

const FOLDER = new URL("./tables/", import.meta.url);

/** A table of the folder; Parquet was written by pyarrow 25 but for fastparquet.parquet, from the same numbers and texts as people.csv. */
async function load(name: string, options: Omit<ReadTableOptions, "file"> = {}): Promise<Table> {
  const source = bytesInMemory(await Deno.readFile(new URL(name, FOLDER)), name);
  return await collectTable(tablePieces(source, options), { file: name });
}

/** The cells of a table, a text each. */
const textsIn = (table: Table): readonly (readonly string[])[] =>
  table.cells.map((column) =>
    Array.from(
      { length: table.rows },
      (_, row) =>
        column!.codes && column!.codes[row] >= 0 ? column!.texts[column!.codes[row]] : String(column!.numbers![row]),
    )
  );

const people = await load("people.csv", { reading: { types: { code: "text" } } });

for (
  const name of [
    "people_none",
    "people_snappy",
    "people_gzip",
    "people_zstd",
    "people_brotli",
    "people_lz4",
    "fastparquet",
    "pandas_index",
  ]
) {
  Deno.test(`tablePieces() reads ${name}.parquet as the CSV of the same table, codes as texts`, async () => {
    const table = await load(`${name}.parquet`);
    assertEquals(table.columns, people.columns);
    assertEquals(textsIn(table), textsIn(people));
    assertEquals([table.counts, table.lines[0], table.lines[39]], ["rows", 1, 40]);
  });
}

Deno.test("tablePieces() reads gzip as the CSV in it, a byte at a time too", async () => {
  const bytes = await Deno.readFile(new URL("people.csv.gz", FOLDER));
  async function* single(): AsyncGenerator<BytePiece> {
    for (const byte of bytes) yield await Promise.resolve({ bytes: Uint8Array.of(byte), share: 1 });
  }
  const source = { file: "people.csv.gz", pieces: single, ranges: null };
  const options = { reading: { types: { code: "text" as const } } };
  const table = await collectTable(tablePieces(source, options), { file: source.file });
  assertEquals(textsIn(table), textsIn(people));
  assertEquals([table.counts, table.lines[39]], ["lines", 41]);
});

Deno.test("parquetPieces() reads the types that tables have, and what the reading says of texts, dates and large ids", async () => {
  const keep = (name: string) => name !== "tags";
  const table = await load("types.parquet", { keep, reading: { dates: true, types: { code: "number", id: "text" } } });
  const at = (name: string) => table.cells[table.columns.indexOf(name)]!;
  assertEquals([...at("code").numbers!.slice(0, 5)], [0, 1, 2, 3, 0]);
  assertEquals([...at("seen").numbers!.slice(0, 2)], [19723, 19726]);
  assertEquals([...at("at").numbers!.slice(0, 2)], [19723.25, 19723 + 11 / 24]);
  assertEquals([...at("price").numbers!.slice(0, 3)], [1, 1.01, 1.04]);
  assertEquals([...at("small").numbers!.slice(0, 2)], [0, 0.125]);
  assertEquals(at("smoker").texts, ["true", "false"]);
  assertEquals(at("id").texts.slice(0, 2), ["9007199254740993", "9007199254740995"]);
  assertEquals(at("score").texts, [""]);
  const written = (await load("types.parquet", { keep: () => false, written: (name) => name === "seen" })).written[5]!;
  assertEquals([written.length, written[39]], [40, "2024-04-27"]);
});

Deno.test("parquetPieces() names the column that holds lists, and the row of a wrong cell", async () => {
  const error = await assertRejects(() => load("types.parquet"), InputError);
  assertStringIncludes(error.message, 'types.parquet, column "tags": the column holds lists or structures');
  assertEquals(error.remedy, { option: "drop", value: "tags" });
});

Deno.test("tablePieces() refuses damaged files of every kind, and never with another error", async () => {
  for (const name of ["people_snappy.parquet", "people_zstd.parquet", "people.csv.gz"]) {
    const whole = await Deno.readFile(new URL(name, FOLDER));
    let refused = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const bytes = seed % 3 === 0 ? whole.slice(0, 8 + seed * 37 % (whole.length - 8)) : whole.slice();
      if (seed % 3 !== 0) bytes[(seed * 7919) % bytes.length] ^= 1 + seed % 255;
      try {
        await collectTable(tablePieces(bytesInMemory(bytes, name)), { file: name });
      } catch (error) {
        assert(error instanceof InputError, `${name}, seed ${seed}: ${error}`);
        refused++;
      }
    }
    assert(refused >= 20, `${name}: ${refused} refused`);
  }
});

Deno.test("unpack() refuses a gzip file that unpacks to over a limit and 100 times its size, piece by piece", async () => {
  const gzip = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(
      await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
    );
  const limit = 2 ** 20;
  const read = async (bytes: Uint8Array, always?: number) => {
    let [total, largest] = [0, 0];
    let error: unknown = null;
    try {
      for await (const piece of unpack(bytesInMemory(bytes, "b.csv.gz").pieces(), "b.csv.gz", always)) {
        total += piece.bytes.length;
        largest = Math.max(largest, piece.bytes.length);
      }
    } catch (thrown) {
      error = thrown;
    }
    return { total, largest, error };
  };
  const bomb = await gzip(new TextEncoder().encode("1,2\n".repeat(limit / 2)));
  const { total, largest, error } = await read(bomb, limit);
  assert(error instanceof InputError && error.message.startsWith("b.csv.gz: the file unpacks to more than 100 times"));
  assert(total <= limit && largest <= limit, `${total}, ${largest}`);
  // As much is let through where it is less than the limit, which is 256 MB where none is given, or not 100 times the size of the file.
  assertEquals(await read(bomb).then(({ total, error }) => [total, error]), [2 * limit, null]);
  const noise = crypto.getRandomValues(new Uint8Array(2 ** 16));
  const plain = await read(await gzip(noise), 2 ** 10);
  assertEquals([plain.total, plain.error], [2 ** 16, null]);
});

Deno.test("tablePieces() says what other files are, and reads columns with such names", async () => {
  const read = (bytes: Uint8Array) => collectTable(tablePieces(bytesInMemory(bytes, "t")), { file: "t" });
  const others: readonly (readonly [string, string])[] = [
    ["PK\x03\x04abcd", "workbook"],
    ["ARROW1\0\0abc", "to_parquet"],
    ["BZh91AY&SY", "bzip2"],
    ["PARE\x01\x02\x03\x04\x05", "encrypted"],
    ["\xfd7zXZ\0abc", "xz"],
    ["\x28\xb5\x2f\xfdabcdef", "zstd"],
  ];
  for (const [start, word] of others) {
    const bytes = Uint8Array.from(start, (char) => char.charCodeAt(0));
    await assertRejects(() => read(bytes), InputError, word);
  }
  for (const name of ["PAR1", "BZh", "ARROW1"]) {
    const text = `${name},b\n1,2\n3,4\n`;
    assertEquals(textsIn(await read(new TextEncoder().encode(text))), textsIn(parseTable(text, { file: "t" })));
  }
});
