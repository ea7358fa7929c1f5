import { STATEMENTS } from "../../src/paper/mod.ts";
import { assertPaper } from "../support/paper_run.ts";

Deno.test("paper --quick --json has every statement once, holding, in the order of the paper, and saves what it prints", async () => {
  await assertPaper(STATEMENTS.map(({ id }) => id));
});
