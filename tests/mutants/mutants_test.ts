import { assertEquals } from "@std/assert";
import { MUTANTS } from "./mutants.ts";

Deno.test("every mutant changes a text that occurs once in its file", async () => {
  const root = new URL("../../", import.meta.url);
  const texts = new Map<string, string>();
  const misplaced: string[] = [];
  for (const { file, find, replace } of MUTANTS) {
    if (!texts.has(file)) texts.set(file, await Deno.readTextFile(new URL(file, root)));
    const times = texts.get(file)!.split(find).length - 1;
    if (times !== 1 || find === replace) misplaced.push(`${file}: "${find}" occurs ${times} times`);
  }
  assertEquals(misplaced, []);
});
