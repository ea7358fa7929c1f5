/**
 * Charts as SVG text, drawn by Observable Plot without a browser. Not part of the package's main module: it loads slowly.
 *
 * @module
 */
export * from "./comparison_svg.ts";
export * from "./density_svg.ts";
export * from "./features_svg.ts";
export * from "./figure_1_svg.ts";
export * from "./finding_svg.ts";
export * from "./intervals_svg.ts";
export * from "./roofline_svg.ts";
export * from "./training_svg.ts";
export * from "./shares_svg.ts";
