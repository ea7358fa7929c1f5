import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  encodeTable,
  encodeWith,
  InputError,
  invertTarget,
  parseTable,
  transformTarget,
  yeoJohnsonLambda,
} from "../../src/data/mod.ts";
import { key, normal } from "../../src/random/mod.ts";

Deno.test("transformTarget() grows with y, is 1 / y-steep as defined, and invertTarget() undoes it", () => {
  for (const lambda of [-2, 0, 1e-9, 0.5, 1, 1.999999999, 2, 3]) {
    const transform = { kind: "yeo-johnson", lambda: [lambda] } as const;
    for (const y of [-50, -1, -1e-9, 0, 1e-9, 0.5, 3]) {
      const z = transformTarget(transform, y, 0);
      assertAlmostEquals(invertTarget(transform, z, 0), y, 1e-6 * (1 + Math.abs(y)) ** 2, `${lambda}, ${y}`);
      // The derivative is (1 + |y|)^(±(lambda - 1)).
      const step = 1e-5 * (1 + Math.abs(y));
      const slope = (transformTarget(transform, y + step, 0) - transformTarget(transform, y - step, 0)) / (2 * step);
      const exact = (1 + Math.abs(y)) ** (y >= 0 ? lambda - 1 : 1 - lambda);
      assertAlmostEquals(slope / exact, 1, 1e-4, `${lambda}, ${y}`);
    }
  }
});

Deno.test("yeoJohnsonLambda() finds the lambda of a grid with the largest likelihood, weighted as repeated", () => {
  const values = normal(key(2), 40).map((z) => Math.exp(z) - 0.3);
  const likelihood = (lambda: number) => {
    const z = values.map((y) => transformTarget({ kind: "yeo-johnson", lambda: [lambda] }, y, 0));
    const mean = z.reduce((sum, one) => sum + one, 0) / z.length;
    const variance = z.reduce((sum, one) => sum + (one - mean) ** 2, 0) / z.length;
    const jacobian = values.reduce((sum, y) => sum + (lambda - 1) * Math.sign(y) * Math.log(1 + Math.abs(y)), 0);
    return jacobian - z.length / 2 * Math.log(variance);
  };
  const grid = Array.from({ length: 2001 }, (_, at) => -5 + at / 200);
  const best = grid.reduce((top, lambda) => likelihood(lambda) > likelihood(top) ? lambda : top);
  assertAlmostEquals(yeoJohnsonLambda(values), best, 1 / 200);
  const times = values.map((_, at) => 1 + at % 3);
  const repeated = Float64Array.from([...values].flatMap((value, at) => Array<number>(times[at]).fill(value)));
  assertAlmostEquals(yeoJohnsonLambda(values, times), yeoJohnsonLambda(repeated), 1e-6);
  assertEquals(yeoJohnsonLambda(Float64Array.of(3, 3, 3)), 1);
});

Deno.test("encodeTable() standardises the transformed target, with the lambda of its own rows, which other rows share", () => {
  const text = (rows: readonly number[]) => `x,y\n${rows.map((y, i) => `${i},${y}`).join("\n")}\n`;
  const options = { target: "y", targetKind: "standardised", transformTarget: "yeo-johnson" } as const;
  const a = encodeTable(parseTable(text([1, 2, 8, 30, 4]), { file: "a.csv" }), options);
  const { transform, y } = a.standardisation;
  assertEquals(transform?.kind, "yeo-johnson");
  const b = encodeWith(parseTable(text([5, 6]), { file: "b.csv" }), a);
  assertAlmostEquals(b.y[0], (transformTarget(transform!, 5, 0) - y!.mean[0]) / y!.scale[0], 1e-12);
  assertAlmostEquals(a.y.reduce((sum, one) => sum + one, 0), 0, 1e-12);
});

Deno.test("encodeTable() refuses a logarithm of what has none, by its line, and transforms of other targets", () => {
  const table = parseTable("x,y\n1,2\n2,0\n3,5\n", { file: "t.csv" });
  const refused = (options: Parameters<typeof encodeTable>[1], message: string) =>
    assertThrows(() => encodeTable(table, options), InputError, message);
  const target = "y";
  refused(
    { target, targetKind: "standardised", transformTarget: "log" },
    't.csv, line 3, column "y": "0" has no logarithm',
  );
  refused({ target, targetKind: "number", transformTarget: "log" }, "only for a loss of numbers");
});
