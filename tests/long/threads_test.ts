import { assertEquals } from "@std/assert";
import { csvRows } from "../../src/data/csv_rows.ts";
import { key, normal } from "../../src/random/mod.ts";
import { runHere, temporaryFolder } from "../support/program.ts";

/** A table that is too large to stay in float64: passes over it are made in pieces, which threads share. */
const [ROWS, COLUMNS, CLASSES] = [20_000, 100, 10];

/** Rows whose class is the largest of as many random scores of the columns. */
function table(): string {
  const [x, scores] = [normal(key(1), ROWS * COLUMNS), normal(key(2), COLUMNS * CLASSES)];
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const row = x.subarray(i * COLUMNS, (i + 1) * COLUMNS);
    const found = Array.from(
      { length: CLASSES },
      (_, c) => row.reduce((sum, value, j) => sum + value * scores[j * CLASSES + c], 0),
    );
    return [...Array.from(row, (value) => value.toFixed(3)), `g${found.indexOf(Math.max(...found))}`];
  });
  return csvRows([[...Array.from({ length: COLUMNS }, (_, j) => `x${j}`), "group"], ...rows]);
}

Deno.test("fit of a table above 4 MB gives the same model on one thread and on two, to the bit", async () => {
  await using folder = await temporaryFolder();
  const data = `${folder.path}/groups.csv`;
  await Deno.writeTextFile(data, table());
  const models = await Promise.all(["1", "2"].map(async (workers) => {
    const out = `${folder.path}/${workers}`;
    const { code, stderr } = await runHere([
      ...["fit", "--data", data, "--target", "group", "--regularise", "none", "--epochs", "1", "--dtype", "f32"],
      ...["--workers", workers, "--quiet", "--out", out],
    ]);
    assertEquals(code, 0, stderr);
    return await Deno.readFile(`${out}/model.safetensors`);
  }));
  assertEquals(models[0], models[1]);
});
