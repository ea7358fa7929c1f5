export { sweepSchema } from "./_sweep_design.ts";
