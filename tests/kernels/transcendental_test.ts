import { assert, assertEquals } from "@std/assert";
import { EXACT } from "./exact_values.ts";
import { compiledLabs, type Lab, SIZES, twinLab, weyl } from "../support/kernel_lab.ts";
import { putAtEnd } from "../support/operands.ts";

type Name = "exp" | "log1p" | "tanh" | "erf";

/**
 * Largest error of the compiled functions, in units in the last place of the exact result: what a scan of the whole range
 * measured (see kernels/README.md), rounded up. `Math`, the reference in f64, is itself within 1 of them.
 */
const MOST_ULPS: Readonly<Record<Name, Readonly<Record<"f32" | "f64", number>>>> = {
  exp: { f32: 1.5, f64: 2 },
  log1p: { f32: 2.5, f64: 2.5 },
  tanh: { f32: 3, f64: 3 },
  erf: { f32: 1, f64: 2 },
};

/** Domains worth scanning, as [low, high]. */
const RANGES: Readonly<Record<Name, readonly (readonly [number, number])[]>> = {
  exp: [[-1, 1], [-80, 80], [-103, 88]],
  log1p: [[-0.999, 1], [-1e-3, 1e-3], [0, 1e6], [-1e-30, 1e-30]],
  tanh: [[-0.7, 0.7], [-10, 10], [-1e-20, 1e-20]],
  erf: [[-1.1, 1.1], [-7, 7], [-1e-20, 1e-20]],
};

const SPECIALS = [
  0,
  -0,
  NaN,
  Infinity,
  -Infinity,
  1e30,
  -1e30,
  -1,
  5e-324,
  -5e-324,
  709.78,
  -745.1,
  -746,
  710,
  88.7,
  -103.9,
];

function apply(lab: Lab, name: Name, values: ArrayLike<number>, offset = 0): Float64Array {
  const x = lab.put(values, offset);
  const y = lab.put(new Float64Array(values.length), offset);
  lab.set[name](values.length, x, y);
  return lab.get(y, values.length);
}

/** The distance to the next number of that precision. */
function ulp(value: number, dtype: "f32" | "f64"): number {
  const size = Math.abs(value);
  const [digits, smallest] = dtype === "f32" ? [23, 2 ** -149] : [52, 5e-324];
  return size < 2 ** -1022 ? smallest : Math.max(smallest, 2 ** (Math.floor(Math.log2(size)) - digits));
}

for (const lab of await compiledLabs()) {
  const twin = await twinLab("f64");
  for (const name of ["exp", "log1p", "tanh", "erf"] as const) {
    Deno.test(`${name}() of ${lab.label} stays within ${MOST_ULPS[name][lab.dtype]} ulp of the double-precision twin`, () => {
      for (const [low, high] of RANGES[name]) {
        const x = lab.get(lab.put(weyl(20_011, 3).map((t) => low + (high - low) * (t + 1) / 2)), 20_011);
        const found = apply(lab, name, x);
        const exact = apply(twin, name, x);
        exact.forEach((value, i) => {
          const error = Math.abs(found[i] - value) / ulp(value, lab.dtype);
          // The twin's own rounding adds up to one unit in f64.
          assert(
            error <= MOST_ULPS[name][lab.dtype] + (lab.dtype === "f64" ? 1 : 0.5),
            `${name}(${x[i]}) = ${found[i]}, not ${value}: ${error} ulp`,
          );
        });
      }
    });

    Deno.test(`${name}() of ${lab.label} and its twin agree with values from 40-digit arithmetic`, () => {
      const points = EXACT[name].filter(([x]) => lab.dtype === "f64" || Math.fround(x) === x);
      for (const [used, most] of [[lab, MOST_ULPS[name][lab.dtype]], [twin, 2]] as const) {
        const found = apply(used, name, points.map(([x]) => x));
        points.forEach(([x, exact], i) => {
          const error = Math.abs(found[i] - exact) / ulp(exact, used.dtype);
          assert(error <= most + 0.5, `${used.label} ${name}(${x}) = ${found[i]}, not ${exact}: ${error} ulp`);
        });
      }
    });

    Deno.test(`${name}() of ${lab.label} answers NaN, infinities, signed zeros and tiny numbers as Math does`, () => {
      const x = lab.get(lab.put(SPECIALS), SPECIALS.length);
      const found = apply(lab, name, SPECIALS);
      const exact = apply(twin, name, x);
      exact.forEach((value, i) => {
        const rounded = lab.dtype === "f32" ? Math.fround(value) : value;
        const near = Math.abs(found[i] - rounded) <= 4 * ulp(rounded, lab.dtype);
        assert(Object.is(found[i], rounded) || near, `${name}(${x[i]}) = ${found[i]}, not ${rounded}`);
      });
    });

    Deno.test(`${name}() of ${lab.label} stays in bounds when an operand ends with the memory`, () => {
      for (const n of SIZES) {
        const inside = lab.put(weyl(n, 1));
        lab.set[name](n, putAtEnd(lab, weyl(n, 1)), inside);
        lab.set[name](n, inside, putAtEnd(lab, weyl(n, 2)));
        lab.kernels.memory.free(inside);
      }
    });

    Deno.test(`${name}() of ${lab.label} gives every length and offset the same bits, in place too, and writes nothing past the end`, () => {
      const all = apply(lab, name, weyl(130, 7));
      for (const n of SIZES) {
        for (const offset of [0, 1]) {
          const x = lab.put([...weyl(130, 7).slice(0, n), 42, 43], offset);
          lab.set[name](n, x, x);
          assertEquals(lab.get(x, n + 2), Float64Array.of(...all.slice(0, n), 42, 43));
        }
      }
    });
  }
}
