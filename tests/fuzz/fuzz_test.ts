import { assertEquals } from "@std/assert";
import { temporaryFolder } from "../support/program.ts";
import { faultOf, rightFiles } from "./fuzz.ts";

/** Inputs that the gate tries; `deno task fuzz` tries more. */
const COUNT = 1000;

Deno.test(`${COUNT} damaged tables, models, verdicts, folders and options end in a result or in one sentence, and leave nothing`, async () => {
  await using folder = await temporaryFolder();
  const right = await rightFiles(folder.path);
  const faults: string[] = [];
  for (let index = 0; index < COUNT; index++) {
    const fault = await faultOf(right, 1, index, false);
    if (fault !== null) faults.push(fault);
  }
  assertEquals(faults, []);
});
