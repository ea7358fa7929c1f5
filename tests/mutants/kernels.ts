import { type Mutant, mutantsOf } from "./mutant.ts";

/** Faults in the kernel of the losses; each takes a build of the kernels. */
export const KERNEL_MUTANTS: readonly Mutant[] = mutantsOf("kernels/loss.ts", ["tests/kernels/loss_test.ts"], [
  [
    "bend = keepNaN<T>(t, v128.and(one, v128.le<T>(size, delta)))",
    "bend = keepNaN<T>(t, v128.and(one, v128.lt<T>(size, delta)))",
  ],
  ["v128.and(v128.ge<T>(z, zero), v128.le<T>(z, one))", "v128.and(v128.gt<T>(z, zero), v128.le<T>(z, one))"],
  ["v128.and(v128.ge<T>(z, zero), v128.le<T>(z, one))", "v128.and(v128.ge<T>(z, zero), v128.lt<T>(z, one))"],
  ["rise = v128.mul<T>(delta, v128.div<T>(t, root))", "rise = v128.div<T>(t, root)"],
  ["v128.bitselect(small, large, v128.gt<T>(margin, zero))", "v128.bitselect(large, small, v128.gt<T>(margin, zero))"],
  ["if (count > 2) sum += v128.extract_lane<T>(value, 2)", "if (count > 3) sum += v128.extract_lane<T>(value, 2)"],
  ["v128.sub<T>(size, v128.mul<T>(delta, half))", "v128.sub<T>(size, delta)"],
]);
