import { SHAMIR } from "../claims/mod.ts";
import { fold, key, normal, uniform } from "../random/mod.ts";
import { eigenvalues, norm } from "../tensor/mod.ts";
import { dots, startCloud } from "./_cloud.ts";
import type { Finding, PaperContext, Recorded, Statement } from "./types.ts";

/** Both sides of the identity agree to this many units of rounding times the order, relative to their size. */
const UNITS = 64;

/** Both sides agree at every matrix. */
function statusOf({ measured, numbers }: Recorded): Finding["status"] {
  return numbers.failures === 0 && measured !== null && measured <= 1 ? "holds" : "fails";
}

/** Lemma 2: of a symmetric matrix that is 0 but for its first row and column (b; r). */
export const lemma2: Statement = {
  id: "lemma-2",
  statement:
    "A symmetric matrix that is zero but for its first row and column (b; r), r not 0, has lambda_min <= 0 and " +
    "||r||² = lambda_min² - b lambda_min, which for b >= 0 is |b lambda_min| + lambda_min² and never exceeds it",
  source: `${SHAMIR}, Lemma 2`,
  needsConvex: false,
  check,
  statusOf,
};

/** The general eigensolver, which does not use the structure, on random b and r of sizes from 1e-3 to 1e3. */
function check({ kernels, seed, quick }: PaperContext): Finding {
  const points = quick ? 300 : 3000;
  let [worst, failures] = [0, 0];
  const drawn = startCloud();
  for (let index = 0; index < points; index++) {
    const own = fold(fold(key(seed), "lemma-2"), index);
    const order = 2 + index % 12;
    const [sizeB, sizeR] = uniform(fold(own, "sizes"), 2, { low: -3, high: 3 }).map((exponent) => 10 ** exponent);
    const draws = normal(fold(own, "numbers"), order);
    const [b, r] = [sizeB * draws[0], draws.slice(1).map((value) => sizeR * value)];
    const data = new Float64Array(order * order);
    data[0] = b;
    r.forEach((value, i) => data[i + 1] = data[(i + 1) * order] = value);
    const least = eigenvalues(kernels, { rows: order, cols: order, data })[0];
    const size = norm(data);
    // An eigenvalue is off by rounding of the norm; in the identity that is multiplied by the norm once more.
    const tolerance = UNITS * order * 2 ** -53;
    const off = Math.abs(norm(r) ** 2 - (least * least - b * least)) / (size * size);
    if (!(least <= tolerance * size && off <= tolerance)) failures++;
    worst = Math.max(worst, off / tolerance);
    drawn.add(Math.abs(b * least) + least * least, norm(r) ** 2);
  }
  const found = { measured: worst, bound: 1, points, numbers: { failures } };
  return {
    ...found,
    status: statusOf(found),
    chart: {
      title: "Lemma 2 on random matrices: the row's norm is at most what lambda_min allows",
      x: "|b lambda_min| + lambda_min²",
      y: "||r||²",
      equality: true,
      series: [dots("matrices", drawn)],
    },
  };
}
