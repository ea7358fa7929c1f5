import { assertEquals, assertLess } from "@std/assert";
import { safeConsole } from "../../tasks/io/console.ts";
import { partOf, startProgress } from "../../tasks/io/progress.ts";

/** A terminal that keeps what it is sent, and a clock that goes on by a second at each look. */
function terminal(live = true) {
  const sent: string[] = [];
  let time = 0;
  return { sent, target: { live, write: (text: string) => void sent.push(text), now: () => time += 1000 } };
}

Deno.test("a bar of progress never runs backwards, whatever it is told", () => {
  const { sent, target } = terminal();
  const progress = startProgress(false, target);
  for (const share of [0.1, 0.5, 0, 0.2, 0.51, 7]) progress.update(share, "work");
  progress.done();
  const shares = sent.flatMap((text) => text.match(/(\d+)%/)?.slice(1).map(Number) ?? []);
  assertEquals(shares, [10, 50, 50, 50, 51, 100]);
});

Deno.test("a bar is removed before anything is printed, and comes back with the next update", () => {
  const { sent, target } = terminal();
  const [log, error] = [console.log, console.error];
  console.log = (text: string) => void sent.push(`${text}\n`);
  console.error = console.log;
  try {
    using _console = safeConsole();
    const progress = startProgress(false, target);
    progress.update(0.66, "rows");
    console.log("diabetes.csv");
    console.error("a warning");
    progress.update(0.7, "rows");
    progress.done();
    progress.done();
    console.log("end");
  } finally {
    [console.log, console.error] = [log, error];
  }
  assertEquals(sent.map((text) => text.startsWith("\r\x1b[K[") ? "bar" : text), [
    "bar",
    "\r\x1b[K",
    "diabetes.csv\n",
    "a warning\n",
    "bar",
    "\r\x1b[K",
    "end\n",
  ]);
});

Deno.test("partOf() shows a part of the work as its share of the whole", () => {
  const seen: number[] = [];
  const whole = { update: (share: number) => void seen.push(share), done: () => {} };
  const part = partOf(whole, 0.5, 0.75);
  for (const share of [0, 0.5, 1]) part.update(share, "half");
  assertEquals(seen, [0.5, 0.625, 0.75]);
});

Deno.test("progress without a terminal is a line now and then, without escapes", () => {
  const { sent, target } = terminal(false);
  const progress = startProgress(false, target);
  for (let i = 0; i < 20; i++) progress.update(i / 20, "rows");
  progress.done();
  assertLess(sent.length, 6);
  // deno-lint-ignore no-control-regex
  assertEquals(sent.filter((text) => !/^\d+% rows(, \d+ s left)?\n$/.test(text) || /\x1b/.test(text)), []);
});
