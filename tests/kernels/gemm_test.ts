import { assert, assertEquals } from "@std/assert";
import { GEMM_WORK_BYTES } from "../../src/kernels/mod.ts";
import { compiledLabs, type Lab, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertFilled, assertWithin, putAtEnd } from "../support/operands.ts";

const NAMES = ["gemmNN", "gemmTN", "gemmNT"] as const;

interface Case {
  readonly name: typeof NAMES[number];
  readonly shape: readonly [m: number, n: number, k: number];
  /** Columns of padding in A, B and C. */
  readonly padding: readonly [number, number, number];
  readonly accumulate: 0 | 1;
  /** Elements past an aligned address. */
  readonly offset: number;
}

/** Rows and columns of A, B, C as they are stored. */
function layout({ name, shape: [m, n, k] }: Case): readonly (readonly [number, number])[] {
  return [name === "gemmTN" ? [k, m] : [m, k], name === "gemmNT" ? [n, k] : [k, n], [m, n]];
}

/** Four elements of C before and behind the matrix show writes outside it. */
const GUARD = 4;

/** Runs a case on fresh operands in (-1, 1): what is left of A, B, and C with its guards. */
function run(lab: Lab, one: Case): readonly Float64Array[] {
  const { memory, work } = lab.kernels;
  const [m, n, k] = one.shape;
  const lengths = layout(one).map(([rows, cols], i) => rows * (cols + one.padding[i]));
  lengths[2] += 2 * GUARD;
  const at = lengths.map((length, i) => lab.put(weyl(length, i + 1), one.offset));
  const [lda, ldb, ldc] = layout(one).map(([, cols], i) => cols + one.padding[i]);
  const c = at[2] + GUARD * lab.set.bytes;
  lab.set[one.name](m, n, k, at[0], lda, at[1], ldb, c, ldc, one.accumulate, work);
  const left = lengths.map((length, i) => lab.get(at[i], length));
  for (const address of at) memory.free(address - one.offset * lab.set.bytes);
  return left;
}

/** Sums of k products below 1 in magnitude, plus C, on both sides: 2 (k + 2) units of at most k + 1. */
const bound = (k: number, unit: number) => 2 * (k + 2) * (k + 1) * unit;

function assertCase(lab: Lab, twin: Lab, one: Case): void {
  const [ours, theirs] = [run(lab, one), run(twin, one)];
  const label = `${one.name} ${one.shape.join(" x ")} padding ${one.padding} accumulate ${one.accumulate}`;
  assertEquals(ours[0], theirs[0], `${label}: A changed`);
  assertEquals(ours[1], theirs[1], `${label}: B changed`);
  const [m, n, k] = one.shape;
  const width = n + one.padding[2];
  ours[2].forEach((value, i) => {
    const at = i - GUARD;
    const inside = at >= 0 && at < m * width && at % width < n;
    assertWithin(value, theirs[2][i], inside ? bound(k, lab.unit) : 0, `${label} [${i}]`);
  });
}

const EDGES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 17];
const SMALL = EDGES.flatMap((m) => EDGES.flatMap((n) => EDGES.map((k) => [m, n, k] as const)));
/** Shapes that cross every block of the packed path, in every direction. */
const LARGE = [
  [61, 127, 31],
  [33, 70, 530],
  [130, 33, 65],
  [97, 97, 700],
  [5, 530, 263],
  [263, 9, 270],
  [300, 280, 300],
  [1101, 26, 260],
] as const;

for (const lab of await compiledLabs()) {
  const twin = await twinLab(lab.dtype);

  for (const name of NAMES) {
    Deno.test(`${name}() of ${lab.label} stays within 2 (k + 2) units of the twin on every small shape`, () => {
      for (const shape of SMALL) {
        for (const accumulate of [0, 1] as const) {
          assertCase(lab, twin, { name, shape, padding: [0, 0, 0], accumulate, offset: 0 });
        }
        assertCase(lab, twin, { name, shape, padding: [3, 1, 2], accumulate: 0, offset: 1 });
      }
    });

    Deno.test(`${name}() of ${lab.label} stays within 2 (k + 2) units of the twin on shapes of many blocks`, () => {
      for (const shape of LARGE) {
        assertCase(lab, twin, { name, shape, padding: [0, 0, 0], accumulate: 0, offset: 0 });
        assertCase(lab, twin, { name, shape, padding: [1, 2, 3], accumulate: 1, offset: 3 });
      }
    });

    Deno.test(`${name}() of ${lab.label} carries 0 x NaN and 0 x infinity wherever they stand`, () => {
      for (const shape of [[1, 1, 1], [5, 9, 3], [17, 13, 8], [70, 70, 70]] as const) {
        const [m, n, k] = shape;
        const [[rowsA, colsA], [rowsB, colsB]] = layout({ name, shape, padding: [0, 0, 0], accumulate: 0, offset: 0 });
        for (const poison of [NaN, Infinity]) {
          const a = lab.put(new Float64Array(rowsA * colsA));
          const c = lab.put(new Float64Array(m * n));
          const b = lab.put(new Float64Array(rowsB * colsB).fill(poison));
          lab.set[name](m, n, k, a, colsA, b, colsB, c, n, 0, lab.kernels.work);
          assertFilled(lab, c, m * n, NaN);
        }
      }
    });

    Deno.test(`${name}() of ${lab.label} stays in bounds when an operand ends with the memory`, () => {
      for (const shape of [...SMALL, [61, 31, 70], [70, 61, 31]] as const) {
        const [m, n, k] = shape;
        const sizes = layout({ name, shape, padding: [0, 0, 0], accumulate: 0, offset: 0 });
        const inside = sizes.map(([rows, cols]) => lab.put(weyl(rows * cols, 1)));
        for (const last of [0, 1, 2]) {
          const [a, b, c] = sizes.map(([rows, cols], i) =>
            i === last ? putAtEnd(lab, weyl(rows * cols, 1)) : inside[i]
          );
          lab.set[name](m, n, k, a, sizes[0][1], b, sizes[1][1], c, n, 0, lab.kernels.work);
        }
        for (const at of inside) lab.kernels.memory.free(at);
      }
    });

    Deno.test(`${name}() of ${lab.label} gives the same bits twice, and stays inside its scratch`, () => {
      const { memory, work } = lab.kernels;
      const behind = lab.put([42, 43]);
      assert(behind >= work + GEMM_WORK_BYTES);
      for (const shape of [[150, 280, 300], [40001, 2, 1], [40001, 26, 1], [3, 40001, 2], [3, 2, 40001]] as const) {
        const one: Case = { name, shape, padding: [0, 0, 0], accumulate: 0, offset: 0 };
        assertEquals(run(lab, one), run(lab, one));
        assertEquals([...lab.get(behind, 2)], [42, 43]);
      }
      memory.free(behind);
    });
  }
}
