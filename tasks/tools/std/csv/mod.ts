/**
 * CSV text to rows and back, with the names, types and meanings of JSR's `@std/csv`, as far as
 * the project calls it. Listed under `links` in the project's deno.json, so that it runs where JSR cannot be reached.
 *
 * @module
 */
export * from "./parse.ts";
export * from "./stringify.ts";
