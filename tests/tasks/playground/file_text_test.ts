import { assertEquals, assertRejects } from "@std/assert";
import { textOfFile } from "../../../tasks/playground/file_text.ts";

const CSV = "a,y\n1,2\n3,4\n";

const packed = (text: string) =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();

Deno.test("textOfFile() reads CSV, packed with gzip or not", async () => {
  assertEquals(await textOfFile(new File([CSV], "a.csv")), CSV);
  assertEquals(await textOfFile(new File([await packed(CSV)], "a.csv.gz")), CSV);
  assertEquals(await textOfFile(new File([""], "a.csv")), "");
});

Deno.test("textOfFile() refuses Parquet and damaged gzip, with what to do instead", async () => {
  await assertRejects(
    () => textOfFile(new File(["PAR1 and more"], "a.parquet")),
    RangeError,
    "a.parquet: this page reads CSV, and not Parquet. Save the table as CSV, or train with the program, which reads Parquet: deno task fit --data a.parquet",
  );
  await assertRejects(
    async () => await textOfFile(new File([(await packed(CSV)).subarray(0, 14)], "a.csv.gz")),
    RangeError,
    "a.csv.gz: the gzip file is damaged",
  );
});
