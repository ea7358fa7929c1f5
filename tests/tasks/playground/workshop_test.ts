import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { parseTable } from "../../../src/data/mod.ts";
import { forward, initialise, splitParts } from "../../../src/nn/mod.ts";
import { key } from "../../../src/random/mod.ts";
import { commandLine } from "../../../tasks/playground/command_line.ts";
import type { Frame, MapView, Reply, Request } from "../../../tasks/playground/messages.ts";
import { fileOf, SAMPLES } from "../../../tasks/playground/samples.ts";
import { prepare } from "../../../tasks/playground/prepare.ts";
import { readTable } from "../../../tasks/playground/read_table.ts";
import { headOfPlain, networksOf, plainStart } from "../../../tasks/playground/trainers.ts";
import { DEFAULTS, type Settings } from "../../../tasks/playground/settings.ts";
import { createWorkshop } from "../../../tasks/playground/workshop.ts";
import { runHere, temporaryFolder } from "../../support/program.ts";

const sampleOf = (data: string) => SAMPLES.find(({ id }) => id === data)!;

/** A workshop on a clock of its own that moves by a millisecond a look, with what it answered. */
function startWorkshop() {
  const replies: Reply[] = [];
  let now = 0;
  const workshop = createWorkshop({ send: (reply) => void replies.push(reply), clock: () => now++ });
  const last = <K extends Reply["kind"]>(kind: K) =>
    replies.findLast((reply): reply is Extract<Reply, { kind: K }> => reply.kind === kind);
  const opening = (settings: Settings, id = 1): Request => {
    const sample = sampleOf(settings.data);
    return { kind: "open", id, settings, file: fileOf(sample), text: sample.csv(), target: sample.target };
  };
  const train = async () => {
    await workshop.receive({ kind: "run", running: true, speed: null });
    while (workshop.work(20) !== null);
  };
  return { ...workshop, replies, last, opening, train, frame: (): Frame => last("frame")!.frame };
}

/** The same words, and the same numbers to 1e-9: kernels add up in an order of their own where threads do. */
function assertSame(found: unknown, expected: unknown): void {
  if (typeof expected === "number") {
    return assertAlmostEquals(found as number, expected, 1e-9 * (1 + Math.abs(expected)));
  }
  if (typeof expected !== "object" || expected === null) return assertEquals(found, expected);
  assertEquals(Object.keys(found as object), Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) assertSame((found as Record<string, unknown>)[name], value);
}

const CASES: readonly Partial<Settings>[] = [
  { data: "linear" },
  { data: "abs", start: "constant", activation: "relu", epochs: 30 },
  { data: "rings", start: "linear", valid: 0, width: 6, epochs: 30 },
  { data: "iris", regulariser: "ridge", epochs: 20 },
  { data: "diabetes", regulariser: "ridge", strength: 0.1, start: "linear", depth: 2, block: "residual", epochs: 10 },
];

for (const changed of CASES) {
  Deno.test(`the page comes to the numbers of fit: ${JSON.stringify(changed)}`, async () => {
    const settings = { ...DEFAULTS, ...changed };
    const workshop = startWorkshop();
    await workshop.receive(workshop.opening(settings));
    await workshop.train();
    await workshop.receive({ kind: "save", what: "verdict" });
    const verdict = JSON.parse(new TextDecoder().decode(workshop.last("file")!.bytes));
    await workshop.receive({ kind: "save", what: "model" });

    await using folder = await temporaryFolder();
    const sample = sampleOf(settings.data);
    const file = `${folder.path}/${fileOf(sample)}`;
    await Deno.writeTextFile(file, sample.csv());
    const words = commandLine(settings, { file, target: sample.target }, "simd")!.split(" ").slice(2);
    const { code, stdout } = await runHere([...words, "--quiet", "--json", "--out", `${folder.path}/fit`]);
    assertEquals(code, 0);
    const fitted = JSON.parse(stdout);
    assertAlmostEquals(verdict.value, fitted.value, 1e-9);
    assertAlmostEquals(verdict.linear.value, fitted.linear.value, 1e-9);
    assertEquals([verdict.verdict, verdict.problem, verdict.architecture], [
      fitted.verdict,
      fitted.problem,
      fitted.architecture,
    ]);
    const [held, expected] = [verdict, fitted].map(({ metrics }) => metrics.heldOut?.network.loss ?? null);
    if (expected === null) assertEquals(held, null);
    else assertAlmostEquals(held, expected, 1e-9);
    assertEquals(workshop.last("standing")!.standing.value, verdict.value);
    assertSame(verdict.validation, fitted.validation);

    await Deno.writeFile(`${folder.path}/page.safetensors`, workshop.last("file")!.bytes);
    const args = ["--model", `${folder.path}/page.safetensors`, "--data", file, "--json", "--quiet"];
    const certified = await runHere(["certify", ...args]);
    assertEquals(certified.code, 0, certified.stderr);
    assertAlmostEquals(JSON.parse(certified.stdout).value, verdict.value, 1e-9);
  });
}

/** Rents with decimal commas. */
const RENTS = `area;town;rent\n${
  Array.from({ length: 40 }, (_, i) =>
    `${20 + i},5;${i % 3 ? "Bonn" : "Köln"};${(300 + 7 * i + (i * i) % 11).toFixed(2)}`.replace(".", ",")).join("\n")
}\n`;

Deno.test("a table with decimal commas is read with them, says so, and its command line repeats that", async () => {
  const settings = { ...DEFAULTS, data: "file", epochs: 3 };
  const workshop = startWorkshop();
  await workshop.receive({ kind: "open", id: 1, settings, file: "rents.csv", text: RENTS, target: null });
  const { opened } = workshop.last("opened")!;
  assertEquals(opened.columns.map(({ kind }) => kind), ["numbers", "text, 2 different", "numbers"]);
  assertEquals([opened.loss, opened.notes[0]], ["squared", "Numbers are read with decimal commas."]);
  await workshop.train();
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/rents.csv`, RENTS);
  const words = opened.command!.replace("rents.csv", `${folder.path}/rents.csv`).split(" ").slice(2);
  const { code, stdout, stderr } = await runHere([...words, "--quiet", "--json", "--out", `${folder.path}/fit`]);
  assertEquals(code, 0, stderr);
  assertAlmostEquals(JSON.parse(stdout).value, workshop.last("standing")!.standing.value, 1e-9);
});

Deno.test("readTable() reads decimal commas where a column has them, and points beside them as they were", () => {
  const mixed = readTable("a;b;y\n1.5;2,5;1\n2.5;3,5;2\n", "mixed.csv");
  assertEquals([mixed.decimalComma, ...mixed.table.cells.map((cell) => Array.from(cell!.numbers!))], [
    true,
    [1.5, 2.5],
    [2.5, 3.5],
    [1, 2],
  ]);
  assertEquals(readTable("a;y\n1.5;1\n2.5;2\n", "points.csv").decimalComma, false);
});

Deno.test("a column that the page cannot read is named with what the page can do: leave it out", async () => {
  const workshop = startWorkshop();
  const text = `day,x,y\n${Array.from({ length: 20 }, (_, i) => `2024-01-${10 + i},${i},${i * i % 7}`).join("\n")}\n`;
  const opening = { kind: "open", file: "days.csv", text, target: null } as const;
  const settings = { ...DEFAULTS, data: "file" };
  await workshop.receive({ ...opening, id: 1, settings });
  const { sentence } = workshop.last("problem")!;
  assertStringIncludes(sentence, 'days.csv, line 2, column "day"');
  assertStringIncludes(sentence, " Under Data, untick the column, or predict another one.");
  await workshop.receive({ ...opening, id: 2, settings: { ...settings, drop: ["day"] } });
  assertEquals(workshop.last("opened")!.opened.inputs, 2);
});

Deno.test("plainStart() is the same network without w'x: its predictions differ from the residual one's by that alone", () => {
  const settings = { ...DEFAULTS, data: "iris", depth: 2 };
  const sample = sampleOf("iris");
  const prepared = prepare(parseTable(sample.csv(), { file: "iris.csv" }), settings, sample.target);
  const { residual, plain } = networksOf(prepared, settings);
  const params = initialise(residual, key(3));
  const { x, outputs: m } = prepared.training;
  const { w } = splitParts(residual, params);
  const [with_, without] = [forward(residual, params, x), forward(plain, plainStart(residual, plain, params), x)];
  assertEquals(headOfPlain(residual, plain, plainStart(residual, plain, params)), params);
  for (let row = 0; row < x.rows; row += 7) {
    for (let a = 0; a < m; a++) {
      let skip = 0;
      for (let i = 0; i < x.cols; i++) skip += w[a * x.cols + i] * x.data[row * x.cols + i];
      assertAlmostEquals(with_.data[row * m + a] - without.data[row * m + a], skip, 1e-13);
    }
  }
});

Deno.test("under a ridge the losses and the level are drawn with it: the end is the verdict's value, at or below the level", async () => {
  const workshop = startWorkshop();
  await workshop.receive(workshop.opening({ ...DEFAULTS, regulariser: "ridge", strength: 0.3, epochs: 20 }));
  const { linear, ridge } = workshop.last("opened")!.opened;
  await workshop.train();
  await workshop.receive({ kind: "map", plane: "head", steps: 11 });
  const [{ residual, plain }, { standing }, { map }] = [
    workshop.frame(),
    workshop.last("standing")!,
    workshop.last("map")!,
  ];
  const [, end] = residual[residual.length - 1];
  assertEquals([ridge, standing.standing], [true, "below"]);
  assertAlmostEquals(end, standing.value, 1e-12);
  assertAlmostEquals(map.grid.values[5 * 11 + 5], standing.value, 1e-12);
  assert(end <= linear && map.linear === linear && plain[plain.length - 1][1] > linear);
  const without = startWorkshop();
  await without.receive(without.opening(DEFAULTS));
  assert(without.last("opened")!.opened.linear < linear, "the level includes the ridge");
});

Deno.test("on a linear truth the residual network ends at or below linear, and the plain one above", async () => {
  const workshop = startWorkshop();
  await workshop.receive(workshop.opening(DEFAULTS));
  const { linear } = workshop.last("opened")!.opened;
  await workshop.train();
  const { residual, plain, phase, epoch } = workshop.frame();
  assertEquals([phase, epoch], ["done", DEFAULTS.epochs]);
  assert(residual[residual.length - 1][1] <= linear);
  assert(plain[plain.length - 1][1] > 1.2 * linear);
  const { stationary, gradient, epsilon, lambda, bend } = workshop.last("standing")!.standing;
  assertEquals([stationary, gradient <= epsilon, lambda[0] >= bend], [true, true, true]);
});

Deno.test("pausing, steps and speed change nothing in the result", async () => {
  const settings = { ...DEFAULTS, data: "abs", epochs: 9 };
  const atOnce = startWorkshop();
  await atOnce.receive(atOnce.opening(settings));
  await atOnce.train();
  const slowly = startWorkshop();
  await slowly.receive(slowly.opening(settings));
  for (let i = 0; i < 4; i++) {
    await slowly.receive({ kind: "step" });
    assertEquals([slowly.frame().epoch, slowly.frame().running], [i + 1, false]);
    await slowly.receive({ kind: "map", plane: "head", steps: 5 });
  }
  await slowly.receive({ kind: "run", running: true, speed: 20 });
  assertEquals(slowly.work(1)! > 0, true);
  await slowly.receive({ kind: "run", running: false, speed: 20 });
  assertEquals(slowly.work(1), null);
  for (let i = 0; i < 6; i++) await slowly.receive({ kind: "step" });
  assertEquals(slowly.frame().phase, "done");
  assertEquals(slowly.frame().residual, atOnce.frame().residual);
  assertEquals(slowly.frame().plain, atOnce.frame().plain);
});

Deno.test("from the saddle: the gradient over (w, V) is 0, and the descent direction lowers the loss along its path", async () => {
  const workshop = startWorkshop();
  await workshop.receive(workshop.opening({ ...DEFAULTS, data: "diabetes", start: "saddle" }));
  const { gradient, epsilon, lambda, bend, stationary, standing } = workshop.last("standing")!.standing;
  assertEquals([gradient <= epsilon, lambda[0] < bend, stationary, standing], [true, true, false, "above"]);
  await workshop.receive({ kind: "map", plane: "descent", steps: 41 });
  const { map } = workshop.last("map")!;
  assertStringIncludes(map.note, "negative curvature");
  const row = nearest(map.grid.betas, 0);
  const loss = (alpha: number) => map.grid.values[row * map.grid.alphas.length + nearest(map.grid.alphas, alpha)];
  const [first, last] = [map.descent[0], map.descent[map.descent.length - 1]];
  assert(loss(last[0]) < loss(first[0]) - 0.05, `${loss(first[0])} to ${loss(last[0])}`);
});

const nearest = (values: Float64Array, wanted: number): number =>
  values.reduce((best, value, at) => Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? at : best, 0);

Deno.test("every map of a trained network has losses on both sides of the linear level, and the point in the middle of its plane", async () => {
  const workshop = startWorkshop();
  await workshop.receive(workshop.opening({ ...DEFAULTS, data: "diabetes", epochs: 60 }));
  await workshop.train();
  for (const plane of ["head", "random", "hessian", "path"] as const) {
    await workshop.receive({ kind: "map", plane, steps: 21 });
    const { map } = workshop.last("map")!;
    const { grid: { values }, linear }: MapView = map;
    const below = values.filter((value) => value <= linear).length / values.length;
    assert(below > 0.05 && below < 0.95, `${plane}: ${below}`);
    const [alpha, beta] = workshop.frame().place!;
    assertAlmostEquals(alpha, 0, 1e-12);
    assertAlmostEquals(beta, 0, 1e-12);
    if (plane === "path") assert(map.path.length > 20);
  }
});

Deno.test("a broken file is reported in a sentence, and the next one is opened", async () => {
  const workshop = startWorkshop();
  const open = (text: string, changed: Partial<Settings> = {}, id = 1): Request => ({
    kind: "open",
    id,
    settings: { ...DEFAULTS, ...changed, data: "file" },
    file: "own.csv",
    text,
    target: null,
  });
  await workshop.receive(open("a,y\n1,2\n3\n"));
  assertStringIncludes(workshop.last("problem")!.sentence, "own.csv, line 3");
  await workshop.receive(open("", {}, 2));
  assertStringIncludes(workshop.last("problem")!.sentence, "the file is empty");
  const rows = Array.from({ length: 20 }, (_, i) => `${i === 7 ? "" : i % 5},${i % 3 ? "red" : "blue"},${i * i}`);
  const table = `a,colour,y\n${rows.join("\n")}\n`;
  await workshop.receive(open(table, {}, 3));
  assertStringIncludes(workshop.last("problem")!.sentence, "choose what happens to missing values");
  assertEquals(workshop.last("columns")!.columns, [
    { name: "a", kind: "numbers", missing: 1 },
    { name: "colour", kind: "text, 2 different", missing: 0 },
    { name: "y", kind: "numbers", missing: 0 },
  ]);
  await workshop.receive(open(table, { missing: "mean", drop: ["colour"] }, 4));
  const { inputs, target, rows: count, heldOutRows } = workshop.last("opened")!.opened;
  assertEquals([inputs, target, count, heldOutRows], [2, "y", 15, 5]);
});

Deno.test("a rate that diverges is reported, the last finite point is kept, and the next opening trains", async () => {
  const workshop = startWorkshop();
  const wild = { ...DEFAULTS, start: "linear", rate: 1e5, depth: 40, activation: "identity", epochs: 40 } as const;
  await workshop.receive(workshop.opening(wild));
  await workshop.train();
  const { diverged, phase, residual } = workshop.frame();
  assertEquals(phase, "done");
  assert(diverged.residual || diverged.plain);
  assert(Number.isFinite(residual[residual.length - 1][1]));
  await workshop.receive(workshop.opening({ ...DEFAULTS, epochs: 3 }, 2));
  await workshop.train();
  assertEquals([workshop.frame().epoch, workshop.frame().diverged], [3, { residual: false, plain: false }]);
});

Deno.test("the same settings give the same bits", async () => {
  const ends = [];
  for (let i = 0; i < 2; i++) {
    const workshop = startWorkshop();
    await workshop.receive(workshop.opening({ ...DEFAULTS, data: "product", epochs: 15 }));
    await workshop.train();
    await workshop.receive({ kind: "save", what: "model" });
    ends.push(workshop.last("file")!.bytes);
  }
  assertEquals(ends[0], ends[1]);
});
