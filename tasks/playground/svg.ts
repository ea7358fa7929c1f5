import { ON_WHITE, onWhite } from "../../src/report/internal_drawing.ts";

/** The colours of pictures, by name; the page has those of its scheme, a saved picture the light ones. */
export const COLOURS = {
  light: ON_WHITE,
  dark: {
    ink: "#e8edf4",
    faint: "#a4b0c0",
    rule: "#3a4556",
    paper: "#161c26",
    residual: "#7fb5ff",
    plain: "#ffab70",
    linear: "#ff8fb0",
  },
} as const;

/** The style of pictures: classes to colours, which a page sets as variables. */
export const PICTURE_STYLE = `
.picture .faint { fill: var(--faint); }
.picture .rule { stroke: var(--rule); stroke-width: 1; }
.picture .residual { stroke: var(--residual); stroke-width: 2.25; }
.picture .plain { stroke: var(--plain); stroke-width: 2.25; }
.picture .held { stroke-width: 1.5; stroke-dasharray: 1.5 2.5; }
.picture .linear { stroke: var(--linear); stroke-width: 2.25; stroke-dasharray: 8 5; }
.picture .linear.held { stroke-width: 1.25; }
.picture .name { font-weight: 600; }
.picture text.residual { fill: var(--residual); stroke: none; }
.picture text.plain { fill: var(--plain); stroke: none; }
.picture text.linear { fill: var(--linear); stroke: none; }
.picture text.held { font-weight: 400; opacity: 1; }
`;

/** The variables of a scheme, as CSS. */
export const variables = (scheme: keyof typeof COLOURS): string =>
  Object.entries(COLOURS[scheme]).map(([name, value]) => `--${name}: ${value};`).join(" ");

/** A picture of the page as a file of its own. */
export function standalone(svg: string): string {
  return `${onWhite(svg.replace(/(<\/desc>)/, `$1<style>${PICTURE_STYLE}</style>`))}\n`;
}
