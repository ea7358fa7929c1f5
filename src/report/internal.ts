/**
 * What the page draws with beside the pictures of reports: elements of SVG, and places of labels on axes. Not published.
 *
 * @module
 */
export { ticksOf, tickText } from "./_axes.ts";
export { drawing, element, label, line, ON_WHITE, onWhite } from "./_svg.ts";
