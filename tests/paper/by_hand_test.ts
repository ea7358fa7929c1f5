import { assert, assertAlmostEquals } from "@std/assert";
import { loadKernels } from "../../src/kernels/mod.ts";
import {
  chainCertificate,
  convexCertificate,
  createHeadObjective,
  headSpectrum,
  lambdaMin,
  theorem1,
  theorem2,
  theoremA,
  towardsLinear,
} from "../../src/landscape/mod.ts";
import { logistic, squared } from "../../src/loss/mod.ts";
import { activation, blockNetwork, blockStates, chain, dense } from "../../src/nn/mod.ts";
import { matrix } from "../../src/tensor/mod.ts";
import { dot, jacobi, length, LOGISTIC, mean, numbers, type Row, spectral, SQUARED } from "../support/by_hand.ts";

// Ten random points, computed again with loops and a dense Hessian: nothing below shares code with the library but the calls that are compared.

const kernels = await loadKernels("simd");
const [N, D, K] = [12, 3, 2];

/** Sums of a few dozen products, and a Jacobi sweep, in another order than the library's. */
const CLOSE = 1e-9;

const close = (actual: number, expected: number, what: string) =>
  assertAlmostEquals(actual, expected, CLOSE * (1 + Math.abs(expected)), what);

/** Both losses, the library's and ours. */
const LOSSES = [{ library: squared, ...SQUARED }, { library: logistic, ...LOGISTIC }];

/** One random problem and point, with everything that the statements speak of. */
function problem(index: number, zero = false) {
  const next = numbers(index + 1);
  const draw = (n: number): number[] => Array.from({ length: n }, next);
  const loss = LOSSES[index % 2];
  const x = Array.from({ length: N }, () => draw(D));
  const f = Array.from({ length: N }, () => draw(K));
  const y = draw(N).map((value) => index % 2 === 0 ? 3 * value : value < 0 ? -1 : 1);
  const w = draw(D).map((value) => zero ? 0 : 2 * value);
  const V = Array.from({ length: D }, () => draw(K).map((value) => 2 * value));
  const star = draw(D);
  const c = draw(K);
  const z = x.map((row, i) => row.map((value, j) => value + dot(V[j], f[i])));
  const p = z.map((row) => dot(w, row));
  const d1 = p.map((value, i) => loss.d1(value, y[i]));
  const d2 = p.map((value, i) => loss.d2(value, y[i]));
  const average = (rows: readonly Row[]) => rows[0].map((_, j) => mean(rows.map((row, i) => d1[i] * row[j])));
  const [s, r, gradW] = [average(x), average(f), average(z)];
  const gradV = w.map((value) => r.map((entry) => value * entry));
  // dp = (z, w f'); d²p = 0 but for w_j against V_jc: f_c.
  const order = D + D * K;
  const slopes = z.map((row, i) => [...row, ...w.flatMap((value) => f[i].map((feature) => value * feature))]);
  const hessian = Array.from(
    { length: order },
    (_, a) => Array.from({ length: order }, (_, b) => mean(slopes.map((row, i) => d2[i] * row[a] * row[b]))),
  );
  for (let j = 0; j < D; j++) {
    for (let at = 0; at < K; at++) {
      hessian[j][D + j * K + at] += r[at];
      hessian[D + j * K + at][j] += r[at];
    }
  }
  const lin = mean(x.map((row, i) => loss.value(dot(star, row), y[i])));
  const onBoth = mean(x.map((row, i) => loss.value(dot(star, row) + dot(c, f[i]), y[i])));
  const value = mean(p.map((each, i) => loss.value(each, y[i])));
  return { loss, x, f, y, w, V, star, c, z, d2, s, r, gradW, gradV, value, lin, onBoth, spectrum: jacobi(hessian) };
}

type Problem = ReturnType<typeof problem>;

/** The same problem for the library. */
function inLibrary({ loss, x, f, y, w, V, star, c, lin, onBoth }: Problem) {
  const objective = createHeadObjective(kernels, {
    x: matrix(N, D, x.flat()),
    f: matrix(N, K, f.flat()),
    y: Float64Array.from(y),
    loss: loss.library,
  });
  const at = objective.at({ W: matrix(1, D, w), V: matrix(D, K, V.flat()) });
  const linear = { A: matrix(1, D, star), C: null, value: lin };
  return { objective, at, linear, both: { A: matrix(1, D, star), C: matrix(1, K, c), value: onBoth } };
}

const gradientOf = ({ gradW, gradV }: Problem): number => Math.hypot(length(gradW), length(gradV.flat()));

Deno.test("by hand: lemma-1, theorem-1, theorem-a, convex-certificate and small-matrix agree with loops and a dense Hessian at ten points", () => {
  for (let index = 0; index < 10; index++) {
    const one = problem(index);
    const { w, V, star, c, s, r, gradW, gradV, value, lin, onBoth, z, d2, spectrum } = one;
    const { objective, at, linear, both } = inLibrary(one);
    using _ = objective;
    const gap = value - lin;
    const starV = r.map((_, at) => dot(star, V.map((row) => row[at])));
    const wV = r.map((_, at) => dot(w, V.map((row) => row[at])));
    // Lemma 1: G = (w - w*, w w*'V / ||w||²).
    const G = [
      w.map((value, j) => value - star[j]),
      w.map((value) => starV.map((entry) => value * entry / dot(w, w))),
    ] as const;
    const along = dot(gradW, G[0]) + dot(gradV.flat(), G[1].flat());
    assert(along >= gap - CLOSE, `Lemma 1: ${along} < ${gap}`);
    const way = towardsLinear(at, linear.A)!;
    close(-(dot(gradW, [...way.W.data]) + dot(gradV.flat(), [...way.V.data])), along, "Lemma 1");
    // Theorem 1, sharp: over ||G|| itself or the bound on it.
    const first = theorem1(objective, at, linear)!;
    close(first.left, gradientOf(one), "Theorem 1, the gradient");
    const bound = Math.sqrt(2 * dot(w, w) + dot(star, star) * (2 + spectral(V) ** 2 / dot(w, w)));
    assert(first.left >= gap / bound - CLOSE);
    close(first.right, gap / bound, "Theorem 1, the gap");
    // The whole spectrum, and Theorem A with a vector a of our own across w.
    const head = headSpectrum(objective, at);
    close(head.lambdaMin, spectrum[0], "lambda_min");
    close(Math.max(...head.values), spectrum.at(-1)!, "lambda_max");
    const lambda = lambdaMin(objective, at);
    assert(lambda.lower <= spectrum[0] + CLOSE && spectrum[0] <= lambda.upper + CLOSE);
    const across = [w[1], -w[0], 0];
    const a = across.map((value) => value / length(across));
    const b = mean(z.map((row, i) => d2[i] * dot(a, row) ** 2));
    const kappa = Math.max(0, -spectrum[0]);
    assert(dot(r, r) <= kappa * (kappa + b) + CLOSE && kappa <= length(r) + CLOSE, "A1");
    const found = theoremA(objective, at, lambda, linear)!;
    close(found.normR, length(r), "||R||");
    close(found.gap.right, gap, "A2, the gap");
    const a2 = length(gradW) * length(w.map((value, j) => value - star[j])) +
      length(starV) * Math.sqrt(kappa * (kappa + found.b));
    close(found.gap.left, a2, "A2, the bound");
    assert(a2 >= gap - CLOSE);
    // The convex certificate against (w*, c).
    const certificate = convexCertificate(objective, at, both);
    close(
      certificate.bound,
      dot(s, w.map((value, j) => value - star[j])) + dot(r, wV.map((value, k) => value - c[k])),
      "certificate",
    );
    close(certificate.gap, value - onBoth, "certificate, the gap");
    assert(certificate.bound >= certificate.gap - CLOSE);
  }
});

Deno.test("by hand: theorem-2 and lemma-2 agree with a dense Hessian at w = 0, at ten points", () => {
  for (let index = 0; index < 10; index++) {
    const one = problem(index, true);
    const { V, star, r, gradW, value, lin, z, d2, spectrum } = one;
    const { objective, at, linear } = inLibrary(one);
    using _ = objective;
    const found = theorem2(objective, at.V, linear)!;
    close(found.lambdaMin, spectrum[0], "lambda_min");
    const inW = jacobi(
      Array.from(
        { length: D },
        (_, a) => Array.from({ length: D }, (_, b) => mean(z.map((row, i) => d2[i] * row[a] * row[b]))),
      ),
    );
    // Lemma 2 for each eigenvalue sigma of the block in w: sigma ± sqrt(sigma² + 4||r||²) over 2.
    close(spectrum[0], (inW[0] - Math.sqrt(inW[0] ** 2 + 4 * dot(r, r))) / 2, "Lemma 2");
    const size = Math.sqrt(Math.abs(spectrum[0]) * inW[D - 1] + spectrum[0] ** 2);
    close(found.left, length(gradW) + spectral(V) * size, "Theorem 2, left");
    close(found.right, (value - lin) / length(star), "Theorem 2, right");
    assert(found.left >= found.right - CLOSE);
  }
});

Deno.test("by hand: deep-chains agrees with two blocks written out with loops, and its bound covers the gap, at ten points", () => {
  for (let index = 0; index < 10; index++) {
    const { loss, x, y, star, lin, w } = problem(index);
    const next = numbers(100 + index);
    const net = blockNetwork(D, [1, 1].map(() => chain(dense(D, 1), activation("tanh"))));
    const params = Float64Array.from({ length: net.size }, (_, i) => i < D ? w[i] : next());
    const states = blockStates(net, params, matrix(N, D, x.flat()));
    const found = chainCertificate(kernels, {
      ...states,
      x: matrix(N, D, x.flat()),
      y: Float64Array.from(y),
      loss: loss.library,
    }, {
      A: matrix(1, D, star),
      C: null,
      value: lin,
    });
    // Per block: U [1, 3], its bias, V [3, 1].
    const weights = [D, D + 7].map((from) => [...params.subarray(from, from + 7)]);
    const features: number[][] = [[], []];
    const outputs = x.map((row) => {
      let h: Row = row;
      weights.forEach((block, l) => {
        const feature = Math.tanh(dot(block.slice(0, 3), h) + block[3]);
        features[l].push(feature);
        h = h.map((value, j) => value + block[4 + j] * feature);
      });
      return h;
    });
    const slopes = outputs.map((h, i) => loss.d1(dot(w, h), y[i]));
    const r = features.map((each) => mean(each.map((feature, i) => feature * slopes[i])));
    const gradient = w.map((_, j) => mean(outputs.map((h, i) => h[j] * slopes[i])));
    const starV = weights.map((block) => dot(star, block.slice(4)));
    close(found.value, mean(outputs.map((h, i) => loss.value(dot(w, h), y[i]))), "F");
    close(found.normR, length(r), "||R||");
    close(found.gradientW, length(gradient), "the gradient over w");
    const bound = length(gradient) * length(w.map((value, j) => value - star[j])) + length(starV) * length(r);
    close(found.gap.left, bound, "the bound");
    close(found.gap.right, found.value - lin, "the gap");
    assert(bound >= found.value - lin - CLOSE);
    const free = [...found.free!];
    for (const row of [w, weights[1].slice(0, 3)]) assertAlmostEquals(dot(free, row), 0, CLOSE);
  }
});
