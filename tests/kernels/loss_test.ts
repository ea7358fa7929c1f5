import { assertEquals } from "@std/assert";
import { createHuber, createPseudoHuber, lossByName, LOSSES } from "../../src/loss/mod.ts";
import { compiledLabs, type Lab, SIZES, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertWithin, putAtEnd } from "../support/operands.ts";

/** Units of rounding of one loss or derivative, relative to 1 plus its size and its prediction's. */
const ROUNDINGS = 20;

const SCALE = 0.375;

/** Every loss; and the hubers with deltas other than 1, where a delta forgotten or taken twice shows. */
const CASES = [...LOSSES, ...[0.25, 3].flatMap((delta) => [createHuber(delta), createPseudoHuber(delta)])];

interface Outputs {
  readonly sum: number;
  readonly slope: Float64Array;
  readonly curvature: Float64Array;
}

/** Targets that every loss takes: -1 and +1 for classes, whole numbers from 0 for counts. */
function targetsFor(kind: string, name: string, n: number): Float64Array {
  const draws = weyl(n, 8);
  if (kind === "class") return draws.map((value) => value < 0 ? -1 : 1);
  return name === "poisson" ? draws.map((value) => Math.floor(2 + 2 * value)) : draws;
}

function apply(
  lab: Lab,
  loss: (typeof LOSSES)[number],
  p: ArrayLike<number>,
  y: ArrayLike<number>,
  layout: "apart" | "in place" | "value alone",
  offset = 0,
): Outputs {
  const n = p.length;
  const [atP, atY] = [lab.put(p, offset), lab.put(y, offset)];
  const fresh = () => lab.put(new Float64Array(n), offset);
  const slope = layout === "value alone" ? 0 : layout === "in place" ? atP : fresh();
  const curvature = layout === "value alone" ? 0 : fresh();
  const sum = lab.set.loss(loss.code!, loss.parameter, n, SCALE, atP, atY, slope, curvature);
  const get = (at: number) => at === 0 ? new Float64Array(0) : lab.get(at, n);
  return { sum, slope: get(slope), curvature: get(curvature) };
}

/** Predictions as the precision holds them. */
const rounded = (lab: Lab, values: Float64Array) => lab.dtype === "f32" ? values.map(Math.fround) : values;

for (const lab of [...await compiledLabs(), await twinLab("f32"), await twinLab("f64")]) {
  for (const loss of CASES) {
    const named = loss.parameter === 0 ? loss.name : `${loss.name}(${loss.parameter})`;
    Deno.test(`loss() of ${lab.label} sums ${named} and writes scaled derivatives as its formulas say`, () => {
      for (const n of SIZES) {
        const p = rounded(lab, weyl(n, 2).map((value) => 4 * value));
        const y = rounded(lab, targetsFor(loss.target, loss.name, n));
        for (const layout of ["apart", "in place", "value alone"] as const) {
          for (const offset of [0, 1]) {
            const { sum, slope, curvature } = apply(lab, loss, p, y, layout, offset);
            const values = Array.from(p, (value, i) => loss.value(value, y[i]));
            const magnitude = values.reduce((total, value) => total + 1 + Math.abs(value), 0);
            const total = values.reduce((all, value) => all + value, 0);
            assertWithin(sum, total, (ROUNDINGS + n) * lab.unit * magnitude, `n ${n} sum`);
            slope.forEach((value, i) => {
              const expected = SCALE * loss.d1(p[i], y[i]);
              const size = 4 + Math.abs(p[i]) + Math.abs(expected);
              assertWithin(value, expected, ROUNDINGS * lab.unit * size, `n ${n} slope[${i}]`);
              const bend = SCALE * loss.d2(p[i], y[i]);
              assertWithin(curvature[i], bend, ROUNDINGS * lab.unit * (4 + Math.abs(bend)), `n ${n} curvature[${i}]`);
            });
          }
        }
      }
    });

    Deno.test(`loss() of ${lab.label} carries NaN through ${named}, and no entry touches another`, () => {
      for (const position of [0, 1, 2, 4]) {
        const p = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5);
        p[position] = NaN;
        const { sum, slope, curvature } = apply(lab, loss, p, new Float64Array(5).fill(1), "apart");
        assertEquals(sum, NaN);
        assertEquals(Array.from(slope, Number.isNaN), Array.from(p, Number.isNaN));
        assertEquals(Array.from(curvature, Number.isNaN), Array.from(p, Number.isNaN));
      }
    });

    Deno.test(`loss() of ${lab.label} stays in bounds for ${named} when an operand ends with the memory`, () => {
      if (lab.name === "js") return;
      for (const n of [1, 2, 3, 5, 17]) {
        const y = lab.put(new Float64Array(n).fill(1));
        const p = putAtEnd(lab, weyl(n, 1));
        lab.set.loss(loss.code!, loss.parameter, n, 1, p, y, 0, 0);
        lab.set.loss(loss.code!, loss.parameter, n, 1, p, y, p, 0);
        const slope = putAtEnd(lab, weyl(n, 1));
        lab.set.loss(loss.code!, loss.parameter, n, 1, y, y, 0, slope);
      }
    });
  }

  Deno.test(`loss() of ${lab.label} gives l'' its larger value at a kink, the same for either class`, () => {
    const near = 2 ** -10;
    for (const delta of [0.25, 1, 3]) {
      const shares = [-1 - near, -1, -1 + near, 0, 1 - near, 1, 1 + near];
      for (const y of [0, 2]) {
        const targets = new Float64Array(shares.length).fill(y);
        const { slope, curvature } = apply(lab, createHuber(delta), shares.map((t) => y + delta * t), targets, "apart");
        assertEquals([...curvature], [0, 1, 1, 1, 1, 1, 0].map((value) => SCALE * value), `huber(${delta}) at ${y}`);
        const cut = shares.map((t) => SCALE * delta * Math.max(-1, Math.min(t, 1)));
        assertEquals([...slope], cut, `huber(${delta}) at ${y}`);
      }
    }
    const hinge = lossByName("smooth_hinge");
    for (const y of [-1, 1]) {
      const margins = [-near, 0, near, 0.5, 1 - near, 1, 1 + near];
      const targets = new Float64Array(margins.length).fill(y);
      const { curvature } = apply(lab, hinge, margins.map((margin) => y * margin), targets, "apart");
      assertEquals([...curvature], [0, 1, 1, 1, 1, 1, 0].map((value) => SCALE * value), `class ${y}`);
    }
    assertEquals([...apply(lab, hinge, [0, 0, -0, -0], [-1, 1, -1, 1], "apart").curvature], new Array(4).fill(SCALE));
  });

  Deno.test(`loss() of ${lab.label} gives no NaN at finite operands, and pseudo_huber its straight line far out`, () => {
    const [huge, tiny] = lab.dtype === "f32" ? [3e38, 1e-40] : [1.7e308, 1e-310];
    const sizes = [huge, Math.sqrt(huge), 1e5, 700, 80, 1, tiny];
    for (const loss of CASES) {
      for (const y of loss.target === "class" ? [-1, 1] : loss.name === "poisson" ? [0, tiny, 7] : [-huge, -1, tiny]) {
        // One after the other: a sum may meet infinities of both signs.
        for (const p of [0, ...sizes, ...sizes.map((size) => -size)]) {
          const { sum, slope, curvature } = apply(lab, loss, [p], [y], "apart");
          const found = [sum, ...slope, ...curvature];
          assertEquals(found.map(Number.isNaN), [false, false, false], `${loss.name} at p ${p}, y ${y}: ${found}`);
        }
      }
    }
    for (const delta of [0.25, 3]) {
      const far = Math.fround(lab.dtype === "f32" ? 1e37 : 1e38) ** (lab.dtype === "f32" ? 1 : 8);
      const { sum, slope, curvature } = apply(lab, createPseudoHuber(delta), [far, -far], [0, 0], "apart");
      assertWithin(sum, 2 * delta * far, 8 * lab.unit * delta * far, `pseudo_huber(${delta})`);
      assertEquals([...slope, ...curvature], [SCALE * delta, -SCALE * delta, 0, 0]);
    }
  });

  Deno.test(`loss() of ${lab.label} neither overflows nor cancels far out in logistic`, () => {
    const logistic = LOSSES.find((loss) => loss.name === "logistic")!;
    const { sum, slope, curvature } = apply(lab, logistic, [1000, -1000], [-1, 1], "apart");
    assertEquals([sum, ...slope, ...curvature], [2000, SCALE, -SCALE, 0, 0]);
    const right = apply(lab, logistic, [1000, -1000, 20], [1, -1, 1], "apart");
    assertWithin(right.sum, Math.log1p(Math.exp(-20)), 8 * lab.unit * Math.exp(-20), "a confident right answer");
  });
}
