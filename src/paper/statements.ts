import { convexCertificates } from "./certificates.ts";
import { example1 } from "./example_1.ts";
import { figure1 } from "./figure_1.ts";
import { lemma1, theorem1Statement, theorem2Statement } from "./inequalities.ts";
import { lemma2 } from "./lemma_2.ts";
import { smallMatrix } from "./small_matrix.ts";
import { corollary1, theorem3Statement } from "./stationary_points.ts";
import { theorem4 } from "./theorem_4.ts";
import type { Statement } from "./types.ts";

/** Every statement that is checked, in the order of the paper. */
export const STATEMENTS: readonly Statement[] = [
  lemma1,
  lemma2,
  theorem1Statement,
  theorem2Statement,
  theorem3Statement,
  corollary1,
  example1,
  figure1,
  theorem4,
  convexCertificates,
  smallMatrix,
];
