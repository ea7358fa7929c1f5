import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ACTIVATION_CODES, type ActivationName } from "../../src/kernels/mod.ts";
import { compiledLabs, type Lab, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertWithin, putAtEnd } from "../support/operands.ts";

const NAMES = Object.keys(ACTIVATION_CODES) as ActivationName[];

/** Shapes at which rows, vectors and tails meet: none, one, lane widths plus and minus one, primes, not square. */
const SHAPES: readonly (readonly [rows: number, cols: number])[] = [
  ...[[0, 3], [3, 0], [1, 1], [1, 2], [2, 1], [1, 3], [3, 4], [5, 5], [2, 7], [7, 8], [4, 9], [3, 13], [2, 16]],
  ...[[1, 17], [13, 31], [5, 32], [3, 33]],
] as const as readonly (readonly [number, number])[];

/**
 * Units of rounding between kernel and twin, relative to `1 + |a|`: a few operations on results that are each within 3 units
 * in the last place; gelu's and silu's curvatures multiply by up to a² before they decay.
 */
const ROUNDINGS = 40;

interface Outputs {
  readonly y: Float64Array;
  readonly slope: Float64Array;
  readonly curvature: Float64Array;
}

/** Where the optional operands stand: apart, or left out, or in the place of the input. */
type Layout = "apart" | "value in place" | "slope in place" | "value alone" | "no bias";

function apply(
  lab: Lab,
  name: ActivationName,
  rows: number,
  cols: number,
  values: ArrayLike<number>,
  layout: Layout,
  offset = 0,
): Outputs {
  const n = rows * cols;
  const z = lab.put(values, offset);
  const bias = layout === "no bias" ? 0 : lab.put(weyl(cols, 5), offset);
  const fresh = () => lab.put(new Float64Array(n).fill(7), offset);
  const y = layout === "value in place" ? z : fresh();
  const slope = layout === "value alone" ? 0 : layout === "slope in place" ? z : fresh();
  const curvature = layout === "value alone" ? 0 : fresh();
  lab.set.biasActivation(ACTIVATION_CODES[name], rows, cols, bias, z, y, slope, curvature);
  const get = (at: number) => at === 0 ? new Float64Array(0) : lab.get(at, n);
  return { y: get(y), slope: get(slope), curvature: get(curvature) };
}

function assertClose(lab: Lab, ours: Outputs, theirs: Outputs, inputs: ArrayLike<number>, what: string): void {
  for (const part of ["y", "slope", "curvature"] as const) {
    assertEquals(ours[part].length, theirs[part].length);
    ours[part].forEach((value, i) =>
      assertWithin(value, theirs[part][i], ROUNDINGS * lab.unit * (2 + Math.abs(inputs[i])), `${what} ${part}[${i}]`)
    );
  }
}

for (const lab of await compiledLabs()) {
  const twin = await twinLab(lab.dtype);

  for (const name of NAMES) {
    Deno.test(`biasActivation() of ${lab.label} matches the twin for ${name} on every shape and layout`, () => {
      for (const [rows, cols] of SHAPES) {
        const values = weyl(rows * cols, 3).map((value) => 6 * value);
        for (const layout of ["apart", "value in place", "slope in place", "value alone", "no bias"] as const) {
          for (const offset of [0, 1]) {
            const [ours, theirs] = [lab, twin].map((one) => apply(one, name, rows, cols, values, layout, offset));
            assertClose(lab, ours, theirs, values, `${rows} x ${cols}, ${layout}, offset ${offset},`);
          }
        }
      }
    });

    Deno.test(`biasActivation() of ${lab.label} keeps NaN in every output of ${name}, and stays finite far out`, () => {
      const values = [NaN, 1, -1, 1e4, -1e4, 30, -30, 0, -0, NaN];
      const ours = apply(lab, name, 2, 5, values, "no bias");
      const theirs = apply(twin, name, 2, 5, values, "no bias");
      assertClose(lab, ours, theirs, values.map((value) => value || 0), "specials");
      for (const part of [ours.y, ours.slope, ours.curvature]) {
        assertEquals([Number.isNaN(part[0]), Number.isNaN(part[9])], [true, true]);
        assertEquals(part.slice(1, 9).every(Number.isFinite), true);
      }
    });

    Deno.test(`biasActivation() of ${lab.label} stays in bounds for ${name} when an operand ends with the memory`, () => {
      for (const n of [1, 2, 3, 5, 17]) {
        const z = putAtEnd(lab, weyl(n, 1));
        const y = lab.put(new Float64Array(n));
        lab.set.biasActivation(ACTIVATION_CODES[name], 1, n, 0, z, y, 0, 0);
        lab.set.biasActivation(ACTIVATION_CODES[name], 1, n, 0, y, z, 0, 0);
        const bias = putAtEnd(lab, weyl(n, 2));
        lab.set.biasActivation(
          ACTIVATION_CODES[name],
          2,
          n,
          bias,
          lab.put(weyl(2 * n, 1)),
          lab.put(weyl(2 * n, 1)),
          0,
          0,
        );
      }
    });
  }

  Deno.test(`biasActivation() of ${lab.label} takes infinite inputs to their limits where there is one`, () => {
    const limits: readonly (readonly [ActivationName, number, number])[] = [
      ["identity", -Infinity, Infinity],
      ["relu", 0, Infinity],
      ["leaky_relu", -Infinity, Infinity],
      ["tanh", -1, 1],
      ["sigmoid", 0, 1],
      ["softplus", 0, Infinity],
    ];
    for (const [name, low, high] of limits) {
      const { y } = apply(lab, name, 1, 2, [-Infinity, Infinity], "no bias");
      assertEquals([...y], [low, high], name);
    }
  });
}

for (const dtype of ["f32", "f64"] as const) {
  const twin = await twinLab(dtype);

  Deno.test(`biasActivation() of js ${dtype} has the closed-form values`, () => {
    const known: readonly (readonly [ActivationName, number, number])[] = [
      ["relu", -2, 0],
      ["leaky_relu", -2, -0.02],
      ["tanh", 0.5, 0.46211715726000975],
      ["sigmoid", Math.log(3), 0.75],
      ["softplus", 0, Math.LN2],
      ["gelu", 1, 0.8413447460685429],
      ["gelu", -1, -0.15865525393145707],
      ["silu", Math.log(3), 0.75 * Math.log(3)],
      ["sin", 0.5, Math.sin(0.5)],
    ];
    for (const [name, at, value] of known) {
      assertAlmostEquals(apply(twin, name, 1, 1, [at], "no bias").y[0], value, dtype === "f32" ? 1e-6 : 1e-15);
    }
  });
}

/** The error of central differences of functions with derivatives near 1: h² / 6 of truncation, 1e-16 / h of rounding. */
const STEP = 1e-5;
const DIFFERENCE = 1e-9;

Deno.test("biasActivation() of js f64 has slopes and curvatures that are the central differences of what they derive", async () => {
  const twin = await twinLab("f64");
  // Away from 0, where relu and leaky_relu have their kink.
  const at = [-5, -2.3, -1, -0.4, -0.01, 0.01, 0.7, 1.9, 4];
  for (const name of NAMES) {
    const [here, above, below] = [0, STEP, -STEP].map((shift) =>
      apply(twin, name, 1, at.length, at.map((value) => value + shift), "no bias")
    );
    at.forEach((value, i) => {
      assertAlmostEquals((above.y[i] - below.y[i]) / (2 * STEP), here.slope[i], DIFFERENCE, `${name}' at ${value}`);
      assertAlmostEquals(
        (above.slope[i] - below.slope[i]) / (2 * STEP),
        here.curvature[i],
        DIFFERENCE,
        `${name}'' at ${value}`,
      );
    });
  }
});

Deno.test("biasActivation() takes the derivative from the left at the kink of relu and leaky_relu", async () => {
  for (const lab of [...await compiledLabs(), await twinLab("f64")]) {
    assertEquals(apply(lab, "relu", 1, 1, [0], "no bias").slope[0], 0);
    assertAlmostEquals(apply(lab, "leaky_relu", 1, 1, [0], "no bias").slope[0], 0.01, 1e-9);
  }
});
