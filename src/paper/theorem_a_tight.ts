import { type Head, type HeadObjective, judge, lambdaMin, theoremA } from "../landscape/mod.ts";
import { fold, type Key, normal } from "../random/mod.ts";
import { type Matrix, norm } from "../tensor/mod.ts";
import { linearYardstick } from "./_baseline.ts";
import { plus, tamed } from "./_heads.ts";
import { finiteEvaluation, problemCount, randomHead, type RandomProblem, randomProblems } from "./random_problems.ts";
import { statusOfTally } from "./recorded.ts";
import { addTo, EMPTY_TALLY, findingOf } from "./tally.ts";
import type { Finding, PaperContext, Recorded, Series, Statement } from "./types.ts";
import type { Inequality } from "../landscape/mod.ts";

/** The inequalities of Theorem A, each made as tight as a search can. */
const PARTS = ["A1, ||R||² <= kappa (kappa + b)", "A1, kappa <= ||R||", "A2"] as const;

type Part = typeof PARTS[number];

/** Problems whose three inequalities are searched, and steps of each search: the quick run has few. */
const [PROBLEMS, STEPS] = [{ quick: 14, full: 63 }, { quick: 100, full: 600 }];

/** Undecided where the search did not come within a part in a hundred of equality. */
function statusOf(found: Recorded): Finding["status"] {
  const status = statusOfTally(found);
  const reached = ["a1", "reach", "a2"].map((part) => found.numbers[`${part}.tightest`]);
  return status === "holds" && !reached.every((share) => share >= 0.99) ? "undecided" : status;
}

/** How tight Theorem A becomes, sought by optimisation. */
export const theoremATight: Statement = {
  id: "theorem-a-tight",
  statement:
    "Each inequality of Theorem A comes close to equality somewhere: an optimiser that moves (W, V), and in (A2) the predictor W* too, " +
    "brings the smaller side to within one part in a hundred of the larger, and never above it",
  source: "Theorem A of docs/mathematics.md, section 12; the search is this project's",
  needsConvex: true,
  check,
  statusOf,
};

/** What a search moves. */
interface Place extends Head {
  /** W*. */
  readonly A: Matrix;
}

function check(context: PaperContext): Finding {
  const problems = context.quick ? PROBLEMS.quick : PROBLEMS.full;
  const steps = context.quick ? STEPS.quick : STEPS.full;
  let [tally, unmeasured] = [EMPTY_TALLY, 0];
  const best = new Map<Part, { readonly slack: number; readonly curve: Series["points"] }>();
  const rows: (string | number)[][] = [];
  const shapes = { inputs: 2, outputs: (d: number) => Math.min(3, d - 1) };
  for (const one of randomProblems(context, "theorem-a-tight", Math.min(problems, problemCount(context)), shapes)) {
    const found = PARTS.map((part) => search(context, one, part, steps));
    found.forEach((result, index) => {
      if (result === null) {
        unmeasured++;
        return;
      }
      for (const inequality of result.seen) tally = addTo(tally, inequality);
      const slack = Math.max(1 - result.tightest, 2 ** -52);
      if (slack < (best.get(PARTS[index])?.slack ?? Infinity)) best.set(PARTS[index], { slack, curve: result.curve });
    });
    rows.push([one.loss.name, one.net.d, one.net.outputs, one.net.k, ...found.map((each) => each?.tightest ?? "")]);
  }
  const reached = PARTS.map((part) => 1 - (best.get(part)?.slack ?? 1));
  const finding = findingOf(tally, "right", {
    "a1.tightest": reached[0],
    "reach.tightest": reached[1],
    "a2.tightest": reached[2],
    unmeasured,
  });
  const status = statusOf(finding);
  return {
    ...finding,
    ...(status === finding.status
      ? {}
      : { status, reason: "The search did not come within a part in a hundred of equality" }),
    chart: {
      title: "How far from equality the search still is",
      x: "step of the search",
      y: "1 - smaller side / larger side",
      series: PARTS.map((part) => ({ name: part.split(",").at(-1)!.trim(), points: best.get(part)?.curve ?? [] })),
    },
    listing: {
      title: "The tightest ratio of each inequality, problem by problem",
      columns: ["loss", "d", "m", "k", ...PARTS],
      rows,
    },
  };
}

/** A (1 + 1) evolution strategy on the ratio of both sides: steps grow by half when they help, and shrink by a tenth when not. */
function search(context: PaperContext, one: RandomProblem, part: Part, steps: number) {
  const { theoremA: measure = theoremA } = context;
  const { objective, key } = one;
  const own = fold(key, part);
  let place: Place = {
    ...tamed(randomHead(fold(own, "start"), objective)),
    A: linearYardstick(context, one).A,
  };
  const first = ratioAt(objective, place, part, measure);
  if (first === null) return null;
  let [tightest, size] = [ratioOf(first), 0.3];
  const seen: Inequality[] = [first];
  const curve: [number, number][] = [[1, 1 - tightest]];
  for (let step = 1; step <= steps; step++) {
    const next = moved(place, fold(own, step), size);
    const found = ratioAt(objective, next, part, measure);
    if (found !== null) seen.push(found);
    if (found !== null && ratioOf(found) > tightest) {
      [place, tightest, size] = [next, ratioOf(found), 1.5 * size];
    } else size *= 0.9;
    // A size that has shrunk to nothing starts again.
    if (size < 1e-9) size = 1;
    curve.push([step + 1, 1 - tightest]);
  }
  return { tightest, seen, curve };
}

/** How near to equality: below 0 where the smaller side is, so that a search can climb from there too. */
const ratioOf = ({ left, right }: Inequality): number => left > 0 ? right / left : right > 0 ? Infinity : 0;

/** Every part moved by a normal step, as long as `size` times the part. */
function moved({ W, V, A }: Place, own: Key, size: number): Place {
  const step = (a: Matrix, label: string): Matrix => {
    const draws = normal(fold(own, label), a.data.length);
    const scale = size * (norm(a.data) || 1) / Math.sqrt(draws.length);
    return { ...a, data: draws.map((value) => scale * value) };
  };
  const head = plus({ W, V }, { W: step(W, "W"), V: step(V, "V") });
  const change = step(A, "A");
  return { ...head, A: { ...A, data: A.data.map((value, i) => value + change.data[i]) } };
}

/** An inequality of Theorem A, larger side first; null where it cannot be measured. */
function ratioAt(
  objective: HeadObjective,
  { W, V, A }: Place,
  part: Part,
  measure: typeof theoremA,
): Inequality | null {
  const point = finiteEvaluation(objective, { W, V });
  if (point === null) return null;
  const { outputs: m, d, k } = objective;
  const weights = new Float64Array(m * (d + k));
  for (let a = 0; a < m; a++) weights.set(A.data.subarray(a * d, (a + 1) * d), a * (d + k));
  const comparator = { A, C: null, value: objective.linear.at(weights).value };
  try {
    const lambda = lambdaMin(objective, point);
    const found = measure(objective, point, lambda, comparator);
    if (found === null || !Number.isFinite(found.kappaUpper) || !Number.isFinite(comparator.value)) return null;
    if (part === "A2") return found.gap;
    return part === PARTS[0]
      ? found.stationarity
      : judge(found.normR, Math.max(0, -lambda.upper), 0, objective.rows + 64);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
