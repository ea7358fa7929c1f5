import {
  assert,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertStringIncludes,
} from "@std/assert";
import { timeInTurns } from "../../tasks/bench/measure.ts";
import { operationsOf, STEP_CASES } from "../../tasks/bench/step_cases.ts";
import { runHere, temporaryFolder } from "../support/program.ts";

Deno.test("timeInTurns() runs every job, orders its figures, and gives a slow job its fewest samples", () => {
  const ran = { quick: 0, slow: 0 };
  const wait = (milliseconds: number) => {
    for (const end = performance.now() + milliseconds; performance.now() < end;);
  };
  const times = timeInTurns([
    { name: "quick", run: () => void ran.quick++ },
    { name: "slow", run: () => (ran.slow++, wait(12)) },
  ], 20);
  assert(ran.quick > ran.slow && ran.slow >= 3, "one at least to warm up, two to count");
  for (const { best, median, spread } of times.values()) {
    assertLess(0, best);
    assertLessOrEqual(best, median);
    assertGreaterOrEqual(spread, 0);
  }
  assert(times.get("slow")!.best >= 12_000);
});

Deno.test("the steps of the bench have the operations that their products need", () => {
  // Dense layers by hand: forward and weights 4, input 6 per entry, row and column; then the head's 4 b (d + k) + 2 b k + 5 d k.
  const expected = [
    4 * 32 * 10 * 16 + 4 * 32 * 26 + 2 * 32 * 16 + 5 * 160,
    4 * 64 * 32 * 64 + 6 * 64 * 64 * 64 + 4 * 64 * 96 + 2 * 64 * 64 + 5 * 2048,
    4 * 128 * 64 * 256 + 6 * 128 * 256 * 256 + 4 * 128 * 320 + 2 * 128 * 256 + 5 * 16384,
    4 * 256 * 128 * 512 + 3 * 6 * 256 * 512 * 512 + 4 * 256 * 640 + 2 * 256 * 512 + 5 * 65536,
  ];
  assertEquals(STEP_CASES.map(operationsOf), expected);
});

Deno.test("bench refuses a folder that holds something, and options that it does not have", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/mine.txt`, "mine");
  const occupied = await runHere(["bench", "--quick", "--out", folder.path]);
  assertEquals(occupied.code, 2);
  assertStringIncludes(occupied.stderr, "is not empty; name a new folder");
  const unknown = await runHere(["bench", "--quik"]);
  assertEquals(unknown.code, 2);
  assertStringIncludes(unknown.stderr, "--quick");
  assertStringIncludes((await runHere(["bench", "--help"])).stdout, "plain TypeScript over typed arrays");
});
