import type { Reading } from "./readings.ts";

/** What is true of every check by numbers. */
const NUMBERS = "A check by numbers can refute a statement, not prove it; the proof is in docs/mathematics.md.";

/** How much of the neighbours' papers is known. */
const EXCERPTS = "Of the source only excerpts of its abstract and introduction were read";

/** Readings of the statements that are not in the paper: Theorem A's experiments, and the neighbours' theorems. */
export const BEYOND: Readonly<Record<string, Reading>> = {
  "theorem-a-tight": {
    title: "Theorem A: to what factor its bound is attained",
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
      "As a descent converges, Theorem A's bound on the gap to linear shrinks at the paper's rate, with a smaller constant.",
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
  "fixed-features": {
    title: "Fixed features in the skip",
    plain:
      "Put any fixed features in the skip, and training is no worse than the best predictor linear in those features.",
    formula: String
      .raw`p = w^\top\big(\varphi(x) + V f_\theta(x)\big):\quad \nabla F_\theta = 0,\ \nabla^2 F_\theta \succeq 0 \;\Rightarrow\;
      F = \min_{a,c}\,\mathbb{E}\big[\ell(a^\top\varphi(x) + c^\top f_\theta(x);\,y)\big] \le \min_a \mathbb{E}\big[\ell(a^\top\varphi(x);\,y)\big]`,
    experiment:
      "phi is x, x with its squares, with its products, or four random ReLU units; three tanh units in the body; squared and logistic loss. Descents from random points until they have converged, held to the best " +
      "predictor on phi(x) and on [phi(x); f(x)], which a solver finds that never sees (w, V). lowered counts ends that f brings a part in a thousand below phi alone.",
    limits: `${NUMBERS} Problems without a best predictor are left out. ${EXCERPTS}; the form here is derived.`,
  },
  "block-ladder": {
    title: "Several blocks: what each one adds",
    plain:
      "The best linear fit on x and the features of the first blocks shows what each block adds, and no chain of these blocks has a lower loss than the fit on all of them.",
    formula: String.raw`H_l := \min \mathbb{E}\big[\ell(a^\top x + c_1^\top f_1 + \dots + c_l^\top f_l;\,y)\big]:\qquad
      \min F_{\mathrm{lin}} = H_0 \ge H_1 \ge \dots \ge H_L \le F(w, V_1, \dots, V_L)`,
    experiment:
      "Chains of six blocks of two tanh units, trained by gradient descent over all parameters on a target with a product and a sine. After each block the best predictor on [x, f_1, ..., f_l]; at the end the loss of the chain itself.",
    limits:
      `The bound is for the features that these blocks have; other weights inside the blocks have other features. Against linear predictors on x the chain itself is not guaranteed, see the two pages on several blocks. ${EXCERPTS}.`,
  },
  "deep-chains": {
    title: "Chains of residual blocks against linear on x",
    plain:
      "A chain of narrow residual blocks has no bad critical point: where it is above linear, the loss curves downwards in some direction.",
    formula: String
      .raw`F - F_{\mathrm{lin}}(W^*) \le \|\nabla_W F\|\,\|W - W^*\| + \|W^*[V_1 \cdots V_L]\|_*\,\|R\|_2;
      \qquad W a = 0,\; U_l a = 0 \ (l \ge 2):\quad \|R\|_2^2 \le \kappa(\kappa + b)`,
    experiment:
      "Two to four blocks on five inputs: of one tanh unit; of two, where blocks and W together see every direction, and R = 0 at critical points with W other than 0; and wide ones, where nothing is claimed. Random points, points after gradient descent, and critical points at W = 0 above linear, made by a " +
      "choice of V_L. kappa comes from the dense Hessian over (W, V_1, ..., V_L), column by column of Hessian-vector products through the whole network; its least eigenvalue is compared with the curvature along the direction that the certificate names.",
    limits:
      `${NUMBERS} The condition asks for narrow blocks: blocks 2 to L may see d - m directions at most. ${EXCERPTS}; its examples are known from other papers only. The paper has a condition on the representations too; ` +
      "the proof here does not need it, and the page reports how often it holds (fullRank). With the activation's kinks, second derivatives over (W, V) exist all the same.",
  },
  "chain-examples": {
    title: "Two examples of chains",
    plain:
      "On six points a plain net with one unit is no better than a line, and one with a skip is; on three points a perfect two-block net has a middle layer that is worse for linear prediction than its input.",
    formula: String.raw`X = 0,\dots,5,\; Y = X + \rho(-,-,+,-,+,+):\; R_{\mathrm{lin}} = \tfrac{8\rho^2}{15};\qquad
      X = (1, 2.5, 3),\; Y = (1, 3, 2),\; h = (1, 3, 4):\; \tfrac{25}{78} = 0.3205 < \tfrac{8}{21} = 0.3810`,
    experiment:
      "rho = 0.1. One ReLU unit with its kink at 101 places, flat on either side, by least squares, with x beside it and without; gradient descents from random starts for both. Then the net h_1 = x + relu(x - 2), p = h_1 - 2 relu(h_1 - 3), whose risk is 0.",
    limits: "Two data sets, made for this. Risks are mean squares.",
  },
  "near-identity": {
    title: "Near the identity depth does no harm",
    plain:
      "If all blocks together change their input little, the loss is near linear or below, however many blocks there are.",
    formula: String.raw`\|h_l - h_{l-1}\| \le \rho_l \|h_{l-1}\|,\ \nabla_w F = 0:\quad
      F - F_{\mathrm{lin}}(w^*) \le \|w^*\|\,\mathbb{E}\big[|\ell'|\,\|x\|\big]\Big(\prod_l (1 + \rho_l) - 1\Big) \le \|w^*\|\,\mathbb{E}\big[|\ell'|\,\|x\|\big]\,(e^{\rho} - 1)`,
    experiment:
      "Depths 1, 2, 4, ..., 64, blocks of four tanh units with Lipschitz constant 1/depth that pull their input back, at random beside it; w is the best linear predictor on h_L. Squared and logistic loss.",
    limits:
      `The blocks are drawn, not trained, and the bound is loose by a factor of about a hundred here. It needs the gradient over w only. ${EXCERPTS}; the constant is derived.`,
  },
  "shallow-minima": {
    title: "How shallow minima are",
    plain:
      "To leave a minimum for better features the loss need not rise by more than the cheapest unit is worth, which is little in wide networks.",
    formula: String
      .raw`\text{rise on the way out} \;\le\; \min_j \Big(\min H_{-j} - F\Big)_+ \;\le\; F_{\mathrm{lin}} - \min H`,
    experiment:
      "ReLU bodies with 2 to 32 units on three inputs, trained by gradient descent and settled. Each unit is left out in turn, and the best head without it found; the straight path to the cheapest one is walked, then eight random units are tried in its place (improved counts where one is better).",
    limits:
      `An upper bound on the depth, for paths that let go of one unit; a path can be cheaper. That the cost falls with width is measured, on one family of data. ${EXCERPTS}, whose bound is for ReLU networks and another comparison.`,
  },
};
