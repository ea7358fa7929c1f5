import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DOMParser } from "npm:@xmldom/xmldom@0.9.9";
import { sweepCsv, sweepHtml, sweepText } from "../../src/report/mod.ts";
import { spreadSvg } from "../../src/report/charts/mod.ts";
import { summariseSweep, type SweepRow } from "../../src/sweep/mod.ts";

/** Four runs: with the skip and without, of two widths; only the narrow plain net ends above linear. */
const ROWS = [2, 8].flatMap((width) =>
  ["residual", "plain"].map((network) => {
    const stuck = network === "plain" && width === 2;
    return {
      ...{ key: `${network}-${width}`, recipe: "check", table: "=a<b>", fingerprint: "f", seed: 1, network, width },
      ...{
        value: stuck ? 3 : 1,
        linear: 2,
        gap: stuck ? 1 : -1,
        standing: stuck ? "above" : "below",
        stationary: true,
      },
      ...{ stuck, verdict: network === "plain" ? "outside" : "holds", diverged: false, seconds: 0.25, version: "1" },
      settings: JSON.stringify({ width, ...network === "plain" && { network } }),
      command: "sweep --job '{}'",
    } as unknown as SweepRow;
  })
);

Deno.test("sweepText() says how many ended above linear, by factor and by pair", () => {
  const text = sweepText(summariseSweep(ROWS));
  assertStringIncludes(
    text,
    "1 of 4 runs ended second-order stationary in (w, V) above the best linear predictor: 25.0 % (",
  );
  assertStringIncludes(text, "Of 2 pairs of the same net");
  assertStringIncludes(text, "the plain net did in 1 and the residual net in 0");
  assert(/^network +33\.3 %/m.test(text), text);
});

Deno.test("sweepHtml() escapes what it is given, and names failures and what is open", () => {
  const page = {
    title: "<script>1</script>",
    pictures: [{ name: "width", svg: spreadSvg([], { title: "none", x: "%", domain: [0, 1] }) }],
    open: 2,
    failed: 1,
    failures: [{ command: "c <x>", message: "m <y>" }],
    commands: [["highest gap", "d & e"]] as const,
  };
  const html = sweepHtml(summariseSweep(ROWS), page);
  assert(!html.includes("<script>") && !html.includes("<x>") && !html.includes("<y>"));
  for (
    const part of ["2 runs are still open", "1 run failed, three times each", "d &amp; e", "With the skip and without"]
  ) {
    assertStringIncludes(html, part);
  }
});

Deno.test("sweepCsv() keeps a table's name from being read as a formula, booleans as words, and nothing for null", () => {
  const [header, first] = sweepCsv([{ ...ROWS[0], gap: null }]).split("\n");
  const at = (name: string) => first.split(",")[header.split(",").indexOf(name)];
  assertEquals([at("data_table"), at("stuck"), at("gap"), at("value")], ["'=a<b>", "false", "", "1"]);
});

Deno.test("spreadSvg() draws a bar and a dot for each row, those beyond the axis at its ends", () => {
  const rows = [
    { name: "a", series: "residual", middle: 0, lower: 0, upper: 10 },
    { name: "a", series: "plain", middle: 50, lower: 40, upper: 60 },
    { name: "b", series: "plain", middle: 150, lower: 100, upper: 200 },
  ];
  const svg = new DOMParser().parseFromString(
    spreadSvg(rows, { title: "Shares", x: "%", domain: [0, 100] }),
    "image/svg+xml",
  );
  const circles = Array.from(svg.getElementsByTagName("circle"));
  assertEquals(circles.length, 3);
  const places = circles.map((circle) => Number(circle.getAttribute("cx")));
  assert(places[0] < places[1] && places[1] < places[2]);
  assertEquals(new Set(circles.map((circle) => circle.getAttribute("fill") ?? circle.parentNode)).size > 1, true);
});
