/**
 * What the page's own thread draws with: of the reports these files alone, since what they do not need would not fit its size. Not published.
 *
 * @module
 */
export { ticksOf, tickText } from "./_axes.ts";
export { drawing, element, label, line, ON_WHITE, onWhite } from "./_svg.ts";
export { formatValue } from "./format.ts";
export { type LossMap, mapScale, mapSvg, type PictureSize } from "./surface_svg.ts";
