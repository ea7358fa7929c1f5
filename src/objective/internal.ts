/**
 * The training step in place, for the optimisers: vectors in kernel memory that are overwritten. The package does not export it.
 *
 * @module
 */
export { type Resident, residentOf, type Slot } from "./_resident.ts";
