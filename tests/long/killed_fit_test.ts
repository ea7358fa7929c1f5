import { killAndResume } from "../support/killed_fit.ts";

Deno.test("fit, killed a hundred times at random moments and resumed, ends with the bits of an unbroken run", async () => {
  await killAndResume(100);
});
