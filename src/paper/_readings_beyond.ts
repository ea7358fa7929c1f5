import type { Reading } from "./readings.ts";

/** What is true of every check by numbers. */
const NUMBERS = "A check by numbers can refute a statement, not prove it; the proof is in docs/mathematics.md.";

/** Readings of the statements that are not in the paper: Theorem A's experiments, and the neighbours' theorems. */
export const BEYOND: Readonly<Record<string, Reading>> = {
  "theorem-a-tight": {
    title: "Theorem A: how tight it is",
    plain:
      "An optimiser that tries to break Theorem A brings each of its inequalities close to equality, and never past it.",
    formula: String.raw`\frac{\|R\|_2^2}{\kappa(\kappa+b)} \to 1,\qquad \frac{\kappa}{\|R\|_2} \to 1,\qquad
      \frac{F - F_{\mathrm{lin}}(W^*)}{\|\nabla_W F\|\,\|W - W^*\| + \|W^*V\|_*\sqrt{\kappa(\kappa+b)}} \to 1`,
    experiment:
      "Problems over the grid, one to three outputs, fewer than inputs. For each inequality an evolution strategy of its own moves (W, V), and W* in (A2), towards " +
      "equality: 100 steps on 14 problems when quick, 600 on 63 in full. The figure shows the best search of each; every point on the way is checked.",
    limits: `${NUMBERS} The search is local: other problems and longer searches may come closer.`,
  },
  "theorem-a-rate": {
    title: "Theorem A: the rate",
    plain:
      "As a descent comes to rest, Theorem A's bound on the distance to linear shrinks at the paper's rate, with a smaller constant.",
    formula: String.raw`\|\nabla F_\theta\| \le \varepsilon,\; \kappa \le \sqrt{\mu_2\varepsilon} \;\Rightarrow\;
      F - F_{\mathrm{lin}}(W^*) \le \varepsilon\,\|W - W^*\| + \|W^*V\|_*\sqrt{\kappa(\kappa+b)} = O(\varepsilon^{1/4})`,
    experiment:
      "One gradient descent on a problem whose features are linear in x, so that min F is F_lin and the gap stays above 0, looked at where its gradient first " +
      "falls to 1e-2, half of that, and so on to 1e-12. At each such point epsilon is the least for which it is an epsilon-SOPSP. Four curves: the gap; (A2) with the kappa that is " +
      "measured; (A2) with the largest kappa that the definition allows; Theorem 3 with the same. Slopes by least squares.",
    limits:
      "One descent. That Theorem A's bound is below Theorem 3's is measured here, not proved. A descent is far better than its epsilon allows: its kappa falls with the gradient.",
  },
  "theorem-a-kinks": {
    title: "Theorem A: losses with kinks",
    plain:
      "The guarantee also covers losses whose second derivative jumps, even where the predictions lie on the jump.",
    formula: String
      .raw`\ell''(p) := \max\big(\ell''(p^-),\, \ell''(p^+)\big):\quad \lim_{t \downarrow 0} \tfrac{2}{t^2}\big(F(q + tg) - F(q) - t\langle\nabla F, g\rangle\big)
      \;\le\; \mathbb{E}\big[dp^\top \ell'' dp\big] + 2\langle DE, R\rangle`,
    experiment:
      "Huber with targets one off the predictions in a third of the rows, and the smooth hinge at W = 0, where every row lies on its kink. (A1) and (A2) there, with features of sizes up " +
      "to 1e4, which brings (A1) near to equality. Along a random direction, to both sides, F is compared with what the larger l'' allows.",
    limits:
      `${NUMBERS} "Twice differentiable" in the paper means that the kinks of the loss are left out; kinks of the activation need no care, since theta is fixed. The one-sided ` +
      "derivative is a difference quotient with a tolerance of 1 percent of the curvature's size.",
  },
  "penalties": {
    title: "A penalty that keeps the guarantee, and one that breaks it",
    plain: "Weight decay on (w, V) can trap training above linear; a ridge on w and V'w, equally strong, cannot.",
    formula: String.raw`F + \tfrac{\lambda}{2}\big(\|w\|^2 + \|V\|^2\big)\ \text{traps},\qquad
      F + \tfrac{\lambda}{2}\big(\|w\|^2 + \|V^\top w\|^2\big) = G(w, V^\top w),\ G \text{ convex: } \;\nabla = 0,\ \nabla^2 \succeq 0 \Rightarrow \min G`,
    experiment:
      "Two inputs, one feature that nearly repeats the first, squared loss, lambda = 1/4 as in Figure 1 (b); starts at random and near that figure's bad minimum. From each a descent under the " +
      "ridge, held to min G and to Theorem A, and a gradient descent with weight decay, whose end is held to the best linear predictor with the same penalty on w. Beside it Figure 1 (b) and the same plane under the ridge.",
    limits:
      "How often weight decay traps depends on the starts, which are chosen to show it. With one input, as in the plane, a descent under the ridge that starts at w < 0 can run off to " +
      "infinite v: it meets no local minimum, and ends in none. The intercept is left out of a ridge; these problems have none.",
  },
};
