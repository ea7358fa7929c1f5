import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { htmlFigure, rebuildSvg } from "../../src/report/mod.ts";
import { densitySvg, trainingSvg } from "../../src/report/charts/mod.ts";
import { HOSTILE_PICTURES } from "../support/hostile.ts";

Deno.test("rebuildSvg() refuses every hostile picture with a sentence, and htmlFigure() with it", () => {
  for (const picture of HOSTILE_PICTURES) {
    const error = assertThrows(() => rebuildSvg(picture), SyntaxError, "Cannot show the picture: line ");
    // deno-lint-ignore no-control-regex
    assert(error.message.length < 150 && !/[<>&"\n\x00-\x1f]/.test(error.message.replace(/<\/?[\w:]+>/, "")), picture);
    assertThrows(() => htmlFigure(picture), SyntaxError);
  }
});

Deno.test("rebuildSvg() keeps the shapes, words and attributes of the project's own charts, and drops their style sheets", () => {
  const density = [0.1, 0.8, 0.1];
  const charts = [
    trainingSvg([{ name: 'a < b & "c"', points: [[0, 1], [1, 0.5]] }], 0.5, { title: "Two <epochs>" }),
    densitySvg(
      { at: [0, 1, 2], density, low: density, high: density, width: 1, integral: 1, mean: 1, meanError: 0 },
      { lambdaMin: 0, lambdaMax: 1 },
      "Hessian",
    ),
  ];
  for (const chart of charts) {
    const built = rebuildSvg(chart);
    const count = (text: string, tag: string) => text.split(`<${tag} `).length;
    for (const tag of ["path", "text", "line", "g", "circle"]) assertEquals(count(built, tag), count(chart, tag), tag);
    assert(!/<style|xmlns|class=/.test(built));
    assertEquals(rebuildSvg(built), built);
  }
  assertStringIncludes(rebuildSvg(charts[0]), "<title>Two &lt;epochs&gt;</title>");
});

Deno.test("rebuildSvg() takes time in proportion to the length, whatever the text", () => {
  const many = 200_000;
  const long = [
    `<svg>${"<g>".repeat(many)}`,
    `<svg>${"&".repeat(many)}</svg>`,
    `<svg ${'x="1" '.repeat(many / 4)}/>`,
    `<svg><path d="${"M".repeat(many)}x"/></svg>`,
    `<svg><g transform="${"translate(1) ".repeat(many / 10)}x"/></svg>`,
    `<svg><style>${":where(.plot-a)".repeat(many / 10)}</style></svg>`,
    `<svg><text>${"<".repeat(many)}</text></svg>`,
    `<svg ${"a".repeat(many)}`,
    `<svg ${" ".repeat(many)}`,
    `<svg>${"<path d='M0,0'/>".repeat(many / 10)}</svg>`,
  ];
  const started = performance.now();
  for (const text of long) {
    try {
      rebuildSvg(text);
    } catch (error) {
      assert(error instanceof SyntaxError, String(error));
    }
  }
  // A second or two where it is linear; minutes where one of them is not.
  assert(performance.now() - started < 10_000);
});
