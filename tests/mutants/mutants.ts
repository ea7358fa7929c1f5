import { BASELINE_MUTANTS } from "./baseline.ts";
import { CLAIMS_MUTANTS } from "./claims.ts";
import { FIT_MUTANTS } from "./fit.ts";
import { KERNEL_MUTANTS } from "./kernels.ts";
import { LANDSCAPE_MUTANTS } from "./landscape.ts";
import { LOSS_MUTANTS } from "./loss.ts";
import type { Mutant } from "./mutant.ts";
import { TRAIN_MUTANTS } from "./train.ts";

/** Every mutant, room by room: a new room is a new file with its list, joined here. */
export const MUTANTS: readonly Mutant[] = [
  ...LOSS_MUTANTS,
  ...KERNEL_MUTANTS,
  ...BASELINE_MUTANTS,
  ...LANDSCAPE_MUTANTS,
  ...CLAIMS_MUTANTS,
  ...TRAIN_MUTANTS,
  ...FIT_MUTANTS,
];
