import { assertEquals } from "@std/assert";
import { compiledLabs, type Lab, SIZES, twinLab, weyl } from "../support/kernel_lab.ts";
import { assertWithin, putAtEnd } from "../support/operands.ts";

/** A sum of n rounded products is off by at most (n + 1) units of the sum of magnitudes; twin and kernel may differ by both. */
const SUM = 2;

/** A product and a sum, each rounded once on one side and together on the other. */
const ENTRY = 4;

/** Places the same numbers in both labs, runs both, and gives back what they returned and what they left in memory. */
function both<R>(
  lab: Lab,
  twin: Lab,
  operands: readonly ArrayLike<number>[],
  offset: number,
  run: (lab: Lab, at: number[]) => R,
) {
  return [lab, twin].map((one) => {
    const at = operands.map((values) => one.put(values, offset));
    const returned = run(one, at);
    const left = operands.map((values, i) => one.get(at[i], values.length));
    for (const address of at) one.kernels.memory.free(address - offset * one.set.bytes);
    return { returned, left };
  });
}

const magnitude = (x: ArrayLike<number>) => Array.from(x, Math.abs).reduce((sum, value) => sum + value, 0);

for (const lab of await compiledLabs()) {
  const twin = await twinLab(lab.dtype);
  const { set, unit } = lab;

  Deno.test(`dot(), nrm2() of ${lab.label} stay within the bound of a sum of the twin`, () => {
    for (const n of SIZES) {
      for (const offset of [0, 1, 3]) {
        const x = weyl(n, 1);
        const y = weyl(n, 2);
        const [ours, theirs] = both(lab, twin, [x, y], offset, ({ set }, [x, y]) => [
          set.dot(n, x, y),
          set.nrm2(n, x),
        ]);
        const scale = SUM * (n + 1) * unit * magnitude(x);
        ours.returned.forEach((value, i) => assertWithin(value, theirs.returned[i], scale, `n ${n} result ${i}`));
      }
    }
  });

  Deno.test(`axpy(), axpby(), scaleRows(), scale(), fill(), mul(), copy() of ${lab.label} match the twin and write nothing else`, () => {
    const operations: readonly ((lab: Lab, n: number, x: number, y: number, z: number) => void)[] = [
      ({ set }, n, x, y) => set.axpy(n, 0.7, x, y),
      ({ set }, n, x, y) => set.axpby(n, 0.7, x, -0.3, y),
      ({ set }, n, x, y, z) => set.scaleRows(1, n, y, x, z),
      ({ set }, n, x, y) => set.scaleRows(Math.floor(n / 3), 3, y, x, x),
      ({ set }, n, x) => set.scale(n, 0.7, x),
      ({ set }, n, x) => set.fill(n, 0.7, x),
      ({ set }, n, x, y, z) => set.mul(n, x, y, z),
      ({ set }, n, x, y) => set.mul(n, x, y, x),
      ({ set }, n, x, y) => set.mul(n, x, y, y),
      ({ set }, n, x, y) => set.copy(n, x, y),
      ({ set, kernels }, n, x) => set.copy(n, x, x + kernels[set.dtype].bytes),
    ];
    for (const n of SIZES) {
      for (const offset of [0, 1]) {
        for (const [index, operation] of operations.entries()) {
          const operands = [weyl(n + 2, 1), weyl(n + 2, 2), weyl(n + 2, 3)];
          const [ours, theirs] = both(lab, twin, operands, offset, (one, [x, y, z]) => operation(one, n, x, y, z));
          ours.left.forEach((values, operand) =>
            values.forEach((value, i) => {
              const bound = i < n ? ENTRY * unit : 0;
              assertWithin(
                value,
                theirs.left[operand][i],
                bound,
                `operation ${index} n ${n} operand ${operand} [${i}]`,
              );
            })
          );
        }
      }
    }
  });

  Deno.test(`centreRows() of ${lab.label} is diag(q) - q q' on each row, in place too`, () => {
    for (const [rows, cols] of [[0, 3], [1, 1], [3, 2], [5, 10], [2, 17], [1, 61]]) {
      const v = weyl(rows * cols, 2);
      const q = weyl(rows * cols, 1).map(Math.abs);
      for (let i = 0; i < rows; i++) {
        const own = q.subarray(i * cols, (i + 1) * cols);
        own.set(own.map((value, _, all) => value / magnitude(all)));
      }
      const [atQ, atV, atOut] = [lab.put(q), lab.put(v), lab.put(new Float64Array(rows * cols + 1))];
      const [ownQ, ownV] = [lab.get(atQ, rows * cols), lab.get(atV, rows * cols)];
      lab.set.centreRows(rows, cols, 0.5, atQ, atV, atOut);
      lab.set.centreRows(rows, cols, 0.5, atQ, atV, atV);
      const [found, inPlace] = [lab.get(atOut, rows * cols + 1), lab.get(atV, rows * cols)];
      for (let i = 0; i < rows; i++) {
        let mean = 0;
        for (let j = 0; j < cols; j++) mean += ownQ[i * cols + j] * ownV[i * cols + j];
        for (let j = 0; j < cols; j++) {
          const at = i * cols + j;
          assertWithin(
            found[at],
            0.5 * ownQ[at] * (ownV[at] - mean),
            (cols + ENTRY) * unit,
            `${rows} x ${cols} [${at}]`,
          );
        }
      }
      assertWithin(found[rows * cols], 0, 0, "one past the end");
      inPlace.forEach((value, at) => assertWithin(value, found[at], 0, "in place"));
    }
  });

  Deno.test(`centreRows() of ${lab.label} keeps the digits of a row with one chance of nearly 1`, () => {
    // q = (1 - 2e, e, e), v = (1000, 1, 2): the first entry is e (2 v_1 - v_2 - v_3) = 1997 e, though v_1 less the mean is all rounding.
    const small = 2 ** -60;
    const [atQ, atV] = [lab.put([1, small, small]), lab.put([1000, 1, 2])];
    lab.set.centreRows(1, 3, 1, atQ, atV, atV);
    const found = lab.get(atV, 3);
    for (const [at, right] of [1997, -999, -998].entries()) {
      assertWithin(found[at] / small, right, 8 * unit * 1000, `[${at}]`);
    }
  });

  Deno.test(`columnSums() of ${lab.label} matches the twin, with padding, both ways of accumulating`, () => {
    for (
      const [rows, cols, ldx] of [[0, 3, 3], [1, 1, 2], [5, 0, 1], [7, 5, 5], [13, 17, 20], [61, 33, 33], [4, 8, 8]]
    ) {
      for (const accumulate of [0, 1] as const) {
        const operands = [weyl(rows * ldx, 1), weyl(cols + 2, 2)];
        const [ours, theirs] = both(
          lab,
          twin,
          operands,
          1,
          ({ set }, [x, out]) => set.columnSums(rows, cols, x, ldx, out, accumulate),
        );
        ours.left[1].forEach((value, j) =>
          assertWithin(
            value,
            theirs.left[1][j],
            j < cols ? SUM * (rows + 1) * rows * unit : 0,
            `${rows} x ${cols} [${j}]`,
          )
        );
      }
    }
  });

  Deno.test(`nrm2() of ${lab.label} neither overflows nor underflows, and knows NaN and infinity`, () => {
    const [huge, tiny] = lab.dtype === "f32" ? [1e38, 1e-42] : [1e308, 1e-320];
    const norm = (values: readonly number[]) => set.nrm2(values.length, lab.put(values));
    const round = lab.dtype === "f32" ? Math.fround : Number;
    assertWithin(norm([huge, -huge]), round(huge) * Math.SQRT2, ENTRY * unit * huge * 2, "huge");
    assertWithin(norm([3 * tiny, 4 * tiny]), Math.hypot(round(3 * tiny), round(4 * tiny)), tiny * 1e-2, "tiny");
    assertEquals(norm([0, -0, 0]), 0);
    assertEquals(norm([1, -Infinity, 2]), Infinity);
    assertEquals(norm([NaN, 1, Infinity, 1, 1, 1]), NaN);
    assertEquals(norm([huge, huge, huge, huge, huge, NaN]), NaN);
  });

  Deno.test(`dot(), axpy(), axpby(), mul(), scale(), scaleRows() of ${lab.label} carry NaN and infinity in every place`, () => {
    for (const n of [1, 4, 5, 17, 33]) {
      for (let i = 0; i < n; i++) {
        const zeros = new Float64Array(n);
        const x = zeros.with(i, NaN);
        const y = zeros.with(i, Infinity);
        assertEquals(set.dot(n, lab.put(x), lab.put(zeros)), NaN);
        assertEquals(set.dot(n, lab.put(zeros), lab.put(y)), NaN);
        const [target, product, scaled] = [lab.put(zeros), lab.put(zeros), lab.put(y)];
        set.axpy(n, 0, lab.put(y), target);
        set.mul(n, lab.put(y), product, product);
        set.scale(n, 0, scaled);
        const [ours, theirs, rows] = [lab.put(zeros), lab.put(y), lab.put(zeros)];
        set.axpby(n, 0, lab.put(y), 1, ours);
        set.axpby(n, 1, lab.put(zeros), 0, theirs);
        set.scaleRows(n, 1, lab.put(y), rows, rows);
        const all = [target, product, scaled, ours, theirs, rows];
        for (const at of all) assertEquals([...lab.get(at, n)], [...zeros.with(i, NaN)]);
      }
    }
  });

  Deno.test(`the vector kernels of ${lab.label} stay in bounds when an operand ends with the memory`, () => {
    for (const n of SIZES) {
      const x = weyl(n, 1);
      const inside = lab.put(x);
      const rows = lab.put(weyl(2 * n, 3));
      const end = () => putAtEnd(lab, x);
      set.dot(n, end(), inside), set.dot(n, inside, end());
      set.axpy(n, 2, end(), inside), set.axpy(n, 2, inside, end());
      set.axpby(n, 2, end(), 3, inside), set.axpby(n, 2, inside, 3, end());
      set.scaleRows(1, n, rows, end(), inside), set.scaleRows(1, n, rows, inside, end());
      set.scaleRows(n, 1, end(), inside, inside);
      set.mul(n, end(), inside, inside), set.mul(n, inside, inside, end());
      set.nrm2(n, end()), set.scale(n, 2, end()), set.fill(n, 2, end());
      set.copy(n, end(), inside), set.copy(n, inside, end());
      set.columnSums(1, n, end(), n, inside, 0), set.columnSums(2, n, rows, n, end(), 1);
      for (const at of [inside, rows]) lab.kernels.memory.free(at);
    }
  });
}
