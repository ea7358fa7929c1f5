import { assertEquals } from "@std/assert";
import { bestLinear } from "../../src/baseline/mod.ts";
import { type Kernels, type KernelSet, loadKernels } from "../../src/kernels/mod.ts";
import { type Evaluation, type HeadObjective, theoremA } from "../../src/landscape/mod.ts";
import { createLinearObjective } from "../../src/objective/mod.ts";
import { checkStatement, panelMinima, type PaperContext, STATEMENTS } from "../../src/paper/mod.ts";
import { type Matrix, scaled } from "../../src/tensor/mod.ts";

const kernels = await loadKernels("simd");
const context: PaperContext = { kernels, seed: 7, quick: true };

/** Kernels of which one function in f64 is replaced. */
function faulty(change: (set: KernelSet) => Partial<KernelSet>): Kernels {
  return { ...kernels, f64: { ...kernels.f64, ...change(kernels.f64) } };
}

/** A gradient that comes out as `factor` times itself. */
const gradientTimes = (factor: number): Partial<PaperContext> => ({
  kernels: {
    ...faulty((set) => ({
      gemvT(m, n, a, lda, x, y, accumulate) {
        set.gemvT(m, n, a, lda, x, y, accumulate);
        set.scale(n, factor, y);
      },
      gemmTN(m, n, k, a, lda, b, ldb, c, ldc, accumulate, work) {
        set.gemmTN(m, n, k, a, lda, b, ldb, c, ldc, accumulate, work);
        set.scale(m * n, factor, c);
      },
    })),
    // Passes over rows are calls of a kernel for each chunk of them.
    runAll(tasks) {
      kernels.runAll(tasks);
      for (const { kernel, dtype = "f64", args } of tasks.flatMap((task) => task)) {
        if (kernel !== "lossRows" && kernel !== "bendRows") continue;
        const [m, , d, , k] = args.slice(kernel === "lossRows" ? 3 : 2);
        kernels[dtype].scale(m * (d + k), factor, args.at(kernel === "lossRows" ? -3 : -2)!);
      }
    },
  },
});

/** A baseline whose weights are moved along themselves until their value is `excess` above the best. */
const baselineAbove = (excess: number): Partial<PaperContext> => ({
  baseline(own, loss, examples, options) {
    const best = bestLinear(own, loss, examples, options);
    using objective = createLinearObjective(own, loss, examples);
    const at = (factor: number) => best.weights.map((value) => factor * value);
    let [low, high] = [1, 2];
    const wanted = (1 + excess) * best.value;
    while (high < 1e6 && objective.at(at(high)).value < wanted) high *= 2;
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (objective.at(at(middle)).value < wanted) low = middle;
      else high = middle;
    }
    const weights = at(high);
    return { ...best, weights, value: objective.at(weights).value };
  },
});

/** A baseline whose weights are right, but whose value is a share of the true one, less a constant. */
const baselineBelow = (share: number, constant = 0): Partial<PaperContext> => ({
  baseline(own, loss, examples, options) {
    const best = bestLinear(own, loss, examples, options);
    return { ...best, value: share * best.value - constant };
  },
});

/** Theorem A measured at sums that are changed. */
const theoremAAt = (change: (objective: HeadObjective, at: Evaluation) => [HeadObjective, Evaluation]) => ({
  theoremA:
    ((objective, at, lambda, comparator) => theoremA(...change(objective, at), lambda, comparator)) as typeof theoremA,
});

const longer = (share: number, a: Matrix): Matrix => ({ ...a, data: scaled(share, a.data) });

/** The curvature that a direction meets which W does not see, as a share of itself: b is that share too. */
const bending = (share: number, objective: HeadObjective): HeadObjective => ({
  ...objective,
  nullCurvature(at) {
    const own = objective.nullCurvature(at);
    return own && { ...own, bend: longer(share, own.bend) };
  },
});

/** A fault, and the statements that must see it. */
const FAULTS: readonly (readonly [name: string, fault: Partial<PaperContext>, seen: readonly string[]])[] = [
  [
    "a sign error in the gradient",
    gradientTimes(-1),
    ["lemma-1", "penalties", "several-blocks", "convex-certificate", "small-matrix", "vector-outputs"],
  ],
  ["a gradient that is 10 % short", gradientTimes(0.9), ["lemma-1", "convex-certificate", "example-1", "theorem-a"]],
  ["a gradient that is fifty times too short", gradientTimes(0.02), ["theorem-1", "theorem-2", "theorem-3"]],
  [
    "a Hessian whose curvature is left out",
    {
      kernels: faulty((set) => ({
        scaleRows(rows, cols, weights, x, out) {
          set.scaleRows(rows, cols, weights, x, out);
          set.fill(rows * cols, 0, out);
        },
      })),
    },
    ["small-matrix", "corollary-1"],
  ],
  [
    "eigenvalues that are 1 % too large",
    {
      kernels: faulty((set) => ({
        eigh(n, a, values, vectors, work) {
          const code = set.eigh(n, a, values, vectors, work);
          set.scale(n, 1.01, values);
          return code;
        },
      })),
    },
    ["lemma-2", "example-1"],
  ],
  [
    "an R that is 1 % too long",
    theoremAAt((own, at) => [own, { ...at, R: longer(1.01, at.R) }]),
    ["theorem-a", "theorem-a-tight", "theorem-a-kinks"],
  ],
  ["a b that is 1 % too small", theoremAAt((own, at) => [bending(0.99, own), at]), ["theorem-a"]],
  ["a baseline 10 % above the optimum", baselineAbove(0.1), ["features-optimum", "settling"]],
  [
    "a baseline that claims 10 % less than its weights have",
    baselineBelow(0.9),
    [
      "lemma-1",
      "features-optimum",
      "corollary-1",
      "several-blocks",
      "plain-nets",
      "fixed-features",
      "chain-examples",
      "shallow-minima",
    ],
  ],
  ["a baseline that claims far less", baselineBelow(0.1, 1), [
    "theorem-4",
    "vector-outputs",
    "theorem-a-rate",
    "deep-chains",
    "near-identity",
  ]],
  [
    "a baseline that is worse the more columns it has",
    {
      baseline(own, loss, examples, options) {
        const best = bestLinear(own, loss, examples, options);
        const columns = "x" in examples ? examples.x.cols + (examples.beside?.cols ?? 0) : 1;
        return { ...best, value: columns * best.value };
      },
    },
    ["block-ladder"],
  ],
  ["a baseline that claims a hundredth", baselineBelow(0.01), ["better-than-linear"]],
  ["a gradient that is nearly nothing", gradientTimes(1e-12), ["vector-outputs-wide"]],
  [
    "a penalty and a ball that are left out",
    { minima: (own, panel) => panelMinima(own, { ...panel, penalty: 0, radius: Infinity }) },
    ["figure-1"],
  ],
  [
    "a search that lists a saddle as a minimum",
    { minima: (own, panel) => [...panelMinima(own, panel), { w: 0, v: -1, value: 0.5 }] },
    ["figure-1"],
  ],
];

for (const [name, fault, seen] of FAULTS) {
  for (const id of seen) {
    Deno.test(`${id} fails with ${name}`, () => {
      assertEquals(checkStatement(STATEMENTS.find((one) => one.id === id)!, { ...context, ...fault }).status, "fails");
    });
  }
}

Deno.test("every statement has a fault that it sees", () => {
  const seen = new Set(FAULTS.flatMap(([, , ids]) => ids));
  assertEquals(STATEMENTS.map(({ id }) => id).filter((id) => !seen.has(id)), []);
});
