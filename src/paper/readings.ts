import { BEYOND } from "./_readings_beyond.ts";

/** What a page says of a statement beside its numbers. */
export interface Reading {
  /** Its name as a heading. */
  readonly title: string;
  /** What it says, in one sentence for somebody who meets it first. */
  readonly plain: string;
  /** The formula, in TeX. */
  readonly formula: string;
  /** What was computed, and against what. */
  readonly experiment: string;
  /** What the numbers do not show. */
  readonly limits: string;
}

/** The grid that most statements are checked on. */
const GRID =
  "Problems over the whole grid: every loss of the library in turn, every activation, one to three layers, plain and residual, " +
  "1 to 6 inputs, 1 to 8 features, 10 to 40 rows; each loss with each activation once when quick, ten times in the full run.";

/** How several outputs come into the grid. */
const OUTPUTS = "One output or several; softmax with two or more.";

/** What is true of every check by numbers. */
const NUMBERS = "A check by numbers can refute a statement, not prove it; the proof is in the source.";

/** Readings of the statements, by id. */
export const READINGS: Readonly<Record<string, Reading>> = {
  ...BEYOND,
  "lemma-1": {
    title: "Lemma 1: a descent direction",
    plain:
      "Wherever the loss is above linear and w is not 0, there is a direction, written down explicitly, along which it falls.",
    formula: String
      .raw`\Big\langle \nabla F_\theta(w,V),\; \big(w - w^*,\; \tfrac{w\,w^{*\top}V}{\|w\|^2}\big) \Big\rangle \;=\;
      \mathbb{E}\big[\ell'(p)\,(p - w^{*\top}x)\big] \;\ge\; F(w,V,\theta) - F_{\mathrm{lin}}(w^*)`,
    experiment:
      `${GRID} ${OUTPUTS} At random (W, V), each part of a size of its own from 1e-3 to 1e3, against the best linear predictor and a random one; ` +
      "then a random search for points where the two sides are close. For several outputs G = (W - W*, W⁺ W* V), where W has full row rank.",
    limits: `${NUMBERS} Points where exp overflows are skipped and counted.`,
  },
  "lemma-2": {
    title: "Lemma 2: a matrix with one row and column",
    plain:
      "A symmetric matrix that is zero but for its first row and column has a negative eigenvalue; the longer the row, the more negative.",
    formula: String
      .raw`M = \begin{pmatrix} b & r^\top \\ r & 0 \end{pmatrix} \;\Rightarrow\; \lambda_{\min}(M) \le 0,\quad
      \|r\|^2 = \lambda_{\min}^2 - b\,\lambda_{\min} \le |b\,\lambda_{\min}| + \lambda_{\min}^2`,
    experiment: "Random b and r of many sizes; the eigenvalues come from the project's symmetric eigensolver.",
    limits: NUMBERS,
  },
  "theorem-1": {
    title: "Theorem 1: above linear the gradient is not small",
    plain: "As long as the loss is above linear and w is not 0, the gradient over (w, V) cannot be small.",
    formula: String.raw`\|\nabla F_\theta(w,V)\| \;\ge\; \frac{F(w,V,\theta) - F_{\mathrm{lin}}(w^*)}
      {\sqrt{2\|w\|^2 + \|w^*\|^2\big(2 + \|V\|^2/\|w\|^2\big)}} \qquad (w \ne 0)`,
    experiment:
      `${GRID} ${OUTPUTS} At random (W, V) of sizes from 1e-3 to 1e3, and at points sought to make it tight, against the best linear ` +
      "predictor and a random one; and along descents over (W, V). ||V|| is the spectral norm. For several outputs the gap is divided by " +
      "||(W - W*, W⁺ W* V)||, where W has full row rank.",
    limits:
      `${NUMBERS} The tightest ratio is what a search of thirty steps per problem found: tighter points may exist.`,
  },
  "theorem-2": {
    title: "Theorem 2: the case w = 0",
    plain: "Where w = 0 the gradient may vanish above linear, but then the loss curves downwards in some direction.",
    formula: String
      .raw`\|\nabla F_\theta(0,V)\| + \|V\| \sqrt{|L|\,\big\|\tfrac{\partial^2 F_\theta}{\partial w^2}(0,V)\big\| + L^2}
      \;\ge\; \frac{F(0,V,\theta) - F_{\mathrm{lin}}(w^*)}{\|w^*\|}, \qquad L = \lambda_{\min}\big(\nabla^2 F_\theta(0,V)\big) \le 0`,
    experiment: `${GRID} One output. At (0, V) for random V, at points sought to make it tight, and along descents.`,
    limits:
      `${NUMBERS} The smooth hinge has its kink at the prediction 0, where there is no Hessian: its points are skipped and counted. Theorem A covers them, and several outputs.`,
  },
  "theorem-3": {
    title: "Theorem 3: nearly stationary points are nearly no worse than linear",
    plain: "A point where training has almost converged is almost no worse than linear.",
    formula: String
      .raw`F - F_{\mathrm{lin}}(w^*) \;\le\; \min_{\delta > 0} \max\Big( \varepsilon\sqrt{2b^2 + r^2\big(2 + b^2/\delta^2\big)},\;
      \mu_0\delta + r\big[\varepsilon + \mu_1\delta + b\sqrt{e\mu_1 + e^2}\big] \Big), \qquad e = \sqrt{\mu_2\varepsilon} + \mu_2\delta`,
    experiment:
      "Along trust-region descents over (w, V) at fixed theta, every point taken with the least epsilon for which it is an " +
      "epsilon-SOPSP. The constants are computed for the problem at hand: sums over the rows of the largest derivatives of the loss " +
      "between 0 and the prediction, times powers of ||x|| and ||f||, on the segment to (0, V). The figure follows one gradient descent on a " +
      "problem whose features are linear in x, so that the gap stays above 0.",
    limits:
      `${NUMBERS} Losses whose second derivative jumps have no mu2 and are skipped. The bound holds for the region that the proof ` +
      "uses, not for any larger one.",
  },
  "theorem-a": {
    title: "Theorem A: the gap is bounded by gradient and curvature",
    plain:
      "How far a point is above linear is bounded by its gradient and its negative curvature: where both are 0, it is not above.",
    formula: String
      .raw`F - F_{\mathrm{lin}}(W^*) \;\le\; \|\nabla_W F\|\,\|W - W^*\| + \|W^* V\|_* \sqrt{\kappa(\kappa + b)},\qquad
      \|R\|_2^2 \le \kappa(\kappa + b),\; \kappa \le \|R\|_2,\qquad \kappa = \max\big(0, -\lambda_{\min}(\nabla^2 F_\theta)\big),\;
      b = \lambda_{\max}\big(\mathbb{E}[(a^\top z)^2 \ell'']\big),\; W a = 0`,
    experiment:
      `${GRID} One to three outputs, fewer than inputs; softmax with two or more. At random (W, V) of sizes from 1e-3 to 1e3, W = 0 and W without full row rank ` +
      "among them, at points sought to make the bound tight, and along descents, against the best linear predictor and a random one. kappa comes from " +
      "the lower end of the interval for lambda_min in the bounds, and from the upper end in kappa <= ||R||. At kinks of huber and the " +
      "smooth hinge l'' is its larger value.",
    limits: `${NUMBERS} With as many outputs as inputs or more, no a with W a = 0 need exist, and nothing is claimed.`,
  },
  "corollary-1": {
    title: "Corollary 1: second-order stationary points are no worse than linear",
    plain: "Training over (w, V) has no local minimum above the best linear predictor.",
    formula: String
      .raw`\nabla F_\theta = 0,\; \nabla^2 F_\theta \succeq 0 \;\Rightarrow\; F(w,V,\theta) \le \inf_{w^*} F_{\mathrm{lin}}(w^*)`,
    experiment:
      `${GRID} One output or two. From random starts, every other one near W = 0, the squared norm of the gradient is minimised, which ends at ` +
      "critical points of every kind. Minima must be at or below the best linear predictor, up to 1e-9 of the losses. From each saddle above it a path " +
      "is followed on which F falls at every step, until it is at or below. Then the same with classes that a linear predictor separates: the " +
      "infimum 0 lies at infinity, no point attains it, and points whose gradient is below 1e-11 must be within 1e-8 of the loss of predicting 0 of it.",
    limits:
      `${NUMBERS} With as many outputs as inputs no path down may exist, as Example 1 warns for one: those saddles are counted apart. Problems ` +
      "whose infimum is not attained and not known are left out and counted.",
  },
  "features-optimum": {
    title: "Second-order stationary points have the best loss of their features",
    plain:
      "Where training over (w, V) has converged, no predictor linear in the inputs and the learned features together does better.",
    formula: String.raw`S = \mathbb{E}[\ell' x^\top] = 0,\; R = \mathbb{E}[\ell' f^\top] = 0 \;\Rightarrow\;
      F(W,V,\theta) = \min_{A,C}\, \mathbb{E}\big[\ell(A x + C f_\theta(x);\, y)\big] \qquad (m < d)`,
    experiment:
      `${GRID} One to three outputs, fewer than inputs. Descents from random points, half of them from W = 0, until they have converged; their ` +
      "value is compared with that of a convex solver that only sees the columns [x; f]. Equal means up to 1e-9 of the losses.",
    limits:
      `${NUMBERS} Problems without a best predictor, and descents that have not converged, are left out and counted.`,
  },
  "settling": {
    title: "Settling: a global minimum over (W, V) from one convex problem",
    plain: "The best (w, V) for given features is found by solving one convex problem, without a walk through saddles.",
    formula: String.raw`(A, C) \in \operatorname{argmin} H,\quad W = A,\; V = V_0 + A^{+}(C - A V_0) \;\Rightarrow\;
      \nabla F_\theta = 0,\; \nabla^2 F_\theta \succeq 0,\; F(W,V,\theta) = \min H`,
    experiment:
      `${GRID} One to three outputs, at most as many as inputs. (A, C) from the convex solver on the columns [x; f], V0 random of sizes from 1e-3 to 1e3. At the ` +
      "point so made the gradient is compared with the terms that sum to it where 0 is predicted, lambda_min with the size of the Hessian's terms, and F with min H.",
    limits:
      `${NUMBERS} Problems whose min H is not attained, or whose A lacks a rank that C needs, are left out and counted.`,
  },
  "several-blocks": {
    title: "Several residual blocks",
    plain:
      "With several residual blocks the guarantee is against predictors that are linear in the last block's input, not in x.",
    formula: String.raw`h_l = h_{l-1} + V_l f_l(h_{l-1}),\quad p = w^\top h_L \;\Rightarrow\;
      F \le \inf_{w^*} \mathbb{E}\big[\ell(w^{*\top} h_{L-1};\, y)\big] \text{ at second-order stationary } (w, V_L)`,
    experiment:
      "Two and three blocks, the earlier ones at random, every other network with a first block that cancels an input; the last block " +
      "and w are trained to a second-order stationary point, and compared with the best linear predictor on x and on the input of the last block.",
    limits:
      "Only the comparison with the last block's own input is guaranteed; the numbers say how far above linear on x the ends lie.",
  },
  "example-1": {
    title: "Example 1: why the norm of V must be in the bound",
    plain: "A point can look converged and still be far above linear, if V is large.",
    formula: String.raw`F(w,v) = \tfrac12\big(w(1+\varepsilon v) - 1\big)^2,\quad (w,v) = (0,-1/\varepsilon):\;
      F = \tfrac12,\; \nabla F = 0,\; \lambda_{\min} = -\varepsilon`,
    experiment:
      "epsilon = 1, 0.1, ..., 1e-4: value, gradient and smallest eigenvalue against the formulas, and Theorem 3's bound against the value.",
    limits: "One example.",
  },
  "figure-1": {
    title: "Figure 1: penalties and balls break the guarantee",
    plain: "A penalty on w and V, or a ball that they are kept in, can create a local minimum worse than linear.",
    formula: String
      .raw`F(w,v) = \tfrac12\big(w(1+v) - 1\big)^2,\qquad F + \tfrac18(w^2+v^2),\qquad F \text{ on } w^2+v^2 \le 4`,
    experiment:
      "Projected gradient descent from a jittered grid of 169 starts in each panel; equal ends are counted once. A minimum is bad when " +
      "another one is lower.",
    limits:
      "Two coordinates. In the plane outside [-3, 3]² the search does not start. `check` warns when a penalty or a ball on (w, V) is set.",
  },
  "theorem-4": {
    title: "Theorem 4: SGD with a skip to the output",
    plain:
      "The loss of SGD with a skip to the output, averaged over its steps, is above linear by at most a bound that falls like one over the square root of their number, whatever the features do.",
    formula: String.raw`\frac1T \sum_{t \le T} F(w_t,v_t,\theta_t) - F_{\mathrm{lin}}(u) \;\le\; \frac{2bL}{\sqrt T} +
      2R\sqrt{\frac{2\log(1/\delta)}{T}} \quad \text{with probability } 1-\delta`,
    experiment:
      "Projected SGD on logistic loss, 256 rows, 4 inputs of norm 1, T = 2^8 ... 2^18 (2^14 when quick), ten seeds for each way of driving " +
      "theta: trained, frozen, and set against the classes by an adversary before each row is drawn. delta = 0.01 for all runs of one length together. The average " +
      "is over evenly spaced iterates, F measured on all rows; bands reach from the least to the largest run.",
    limits:
      "One data set, whose predictions no plane separates. The bound is loose: the measured excess lies far below.",
  },
  "vector-outputs": {
    title: "Several outputs",
    plain: "The guarantee holds for several outputs too, as long as there are no more of them than inputs.",
    formula: String.raw`p = W(x + V f_\theta(x)) \in \mathbb{R}^m,\; m \le d:\quad
      \|\nabla F_\theta\| \ge \frac{F - F_{\mathrm{lin}}(W^*)}{\|(W - W^*,\; W^{+}W^*V)\|} \;\;(\operatorname{rank} W = m)`,
    experiment:
      `${GRID} Two inputs or more, at most as many outputs as inputs; then the bundled tables of several classes, with softmax and with the squared ` +
      "distance. W of full rank at random points of sizes from 1e-3 to 1e3, and a rank-deficient W, where the second derivative along the descent direction " +
      "is compared with differences of F (not for losses whose l'' jumps). For m < d descents from a rank-deficient W end at or below linear.",
    limits:
      `${NUMBERS} For m = d descents are not followed: the singular W part the space, and a descent can run to infinity, as for d = 1.`,
  },
  "vector-outputs-wide": {
    title: "More outputs than inputs",
    plain: "With more outputs than inputs the guarantee can fail, and here is an example.",
    formula: String
      .raw`m > d:\quad \nabla F_\theta = 0,\; \nabla^2 F_\theta \succ 0 \;\text{ and }\; F > \min_{W^*} F_{\mathrm{lin}}(W^*) \;\text{ can be true together}`,
    experiment:
      "Six rows, one input, two or three outputs, the pseudo-Huber loss with delta 0.1; descents from random starts, and the highest end above linear.",
    limits: "A search: how often such minima occur elsewhere is not claimed.",
  },
  "plain-nets": {
    title: "What the skip connection gives",
    plain: "Without the skip connection the same small networks converge above linear; with it they do not.",
    formula: String
      .raw`p_{\text{plain}} = w^\top V f_\theta(x) \qquad\text{against}\qquad p_{\text{residual}} = w^\top\big(x + V f_\theta(x)\big)`,
    experiment:
      "ReLU nets with two units on three inputs, a linear target with noise; gradient descent over all parameters from the same starts on " +
      "the same data, then descent over (w, V) to a second-order stationary point. Every fourth start has dead units.",
    limits:
      "Small nets, chosen so that plain ones fail: two units cannot carry three inputs. Wide plain nets do better; they still have no guarantee.",
  },
  "better-than-linear": {
    title: "Better than linear",
    plain: "Networks that start at the best linear predictor end below it on the rows that they were trained on.",
    formula: String
      .raw`\frac{F(w,V,\theta)}{F_{\mathrm{lin}}(w^*)} \;<\; 1 \quad\text{after SGD from } (w, V) = (w^*, 0)`,
    experiment:
      "A synthetic target with an interaction, and the bundled tables, three quarters of their rows to train on; 24 tanh units, SGD with " +
      "momentum. Shares of the linear predictor's loss, mean and deviation over seeds. Where its infimum is not attained, a predictor " +
      "of norm 10 on the way to it.",
    limits:
      "No early stopping and no penalty: on small real tables the training loss falls and the held-out loss need not, as the list shows.",
  },
  "convex-certificate": {
    title: "The convex certificate",
    plain: "At any point, trained or not, a few sums over the rows bound how much better any linear predictor can be.",
    formula: String
      .raw`F(W,V,\theta) - H(A,C) \;\le\; \langle S,\, W - A\rangle + \langle R,\, W V - C\rangle \qquad \text{at every point, for every } (A,C)`,
    experiment:
      `${GRID} One to three outputs, more than inputs among them. At random (W, V), against the best linear predictor, the best predictor on ` +
      "[x; f], and random ones.",
    limits: NUMBERS,
  },
  "small-matrix": {
    title: "The whole (w, V) spectrum from a small matrix",
    plain:
      "All curvatures of the loss over (w, V) are eigenvalues of a small matrix, so that they can be computed exactly and fast.",
    formula: String
      .raw`\operatorname{spec}\,\nabla^2 F_\theta = \operatorname{spec}\begin{pmatrix} uu & uc & ue \\ \cdot & cc & 0 \\ \cdot & \cdot & 0 \end{pmatrix}
      \cup \{0\}, \qquad uu = \mathbb{E}[\ell'' z z^\top],\; uc = \|w\|\,\mathbb{E}[\ell'' z f^\top] + \hat w r^\top,\; cc = \|w\|^2\,\mathbb{E}[\ell'' f f^\top],\; ue = \|r\| P`,
    experiment:
      `${GRID} One output, for which the formula is written, or two. Against the dense Hessian, made column by column of Hessian-vector products through ` +
      "the whole network, W = 0 included.",
    limits: `${NUMBERS} Agreement is relative to the norm of the Hessian.`,
  },
};
