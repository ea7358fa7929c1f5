import * as Plot from "npm:@observablehq/plot@0.6.17";
import { type Minimum, type Panel, panelValue } from "../../paper/mod.ts";
import { svgDocument, svgFile } from "./_svg_document.ts";

/** Levels of F, closer together where it is small. */
const LEVELS = [1e-9, 0.005, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1, 2, 4, 8, 16, 32];

const [WIDTH, HEIGHT] = [300, 320];

/**
 * Figure 1: the contours of the panels side by side on [-3, 3]², every minimum that the search found marked: good ones as
 * dots, those above the best as crosses with their value.
 *
 * @param panels The panels with their minima, best first.
 * @param title What they show together (default: what Figure 1 does).
 * @returns A file in SVG.
 * @example The regularised panel, with its bad minimum
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { loadKernels } from "@resland/resland/kernels";
 * import { panelMinima, PANELS } from "@resland/resland/paper";
 * const context = { kernels: await loadKernels("simd"), seed: 1, quick: true };
 * const svg = figure1Svg([{ panel: PANELS[1], minima: panelMinima(context, PANELS[1]) }]);
 * assertStringIncludes(svg, "a bad one at (-0.9828, -1.6027) with value 0.5249");
 * ```
 */
export function figure1Svg(
  panels: readonly { readonly panel: Panel; readonly minima: readonly Minimum[] }[],
  title = "Figure 1: penalties and balls on (w, v) make bad local minima",
): string {
  const document = svgDocument();
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  root.setAttribute("viewBox", `0 0 ${WIDTH * panels.length} ${HEIGHT}`);
  root.setAttribute("width", String(WIDTH * panels.length));
  root.setAttribute("height", String(HEIGHT));
  panels.forEach(({ panel, minima }, index) => {
    const drawing = drawPanel(document, panel, minima);
    drawing.setAttribute("x", String(WIDTH * index));
    root.append(drawing);
  });
  return svgFile(
    root,
    title,
    panels.map(({ panel, minima }) => {
      const bad = minima.filter(({ value }) => value > minima[0].value + 1e-9);
      const where = bad.map(({ w, v, value }) => `(${w.toFixed(4)}, ${v.toFixed(4)}) with value ${value.toFixed(4)}`);
      return `(${panel.letter}) ${panel.title}: ${
        bad.length === 0 ? "no bad local minimum" : `a bad one at ${where}`
      }.`;
    }).join(" "),
  );
}

function drawPanel(document: unknown, panel: Panel, minima: readonly Minimum[]) {
  const isBad = ({ value }: Minimum) => value > minima[0].value + 1e-9;
  const bad = minima.filter(isBad);
  // Where minima form a curve the search meets many of its points; the curve shows as the lowest contour.
  const good = minima.filter((minimum) => !isBad(minimum)).slice(0, panel.penalty + panel.ridge > 0 ? undefined : 0);
  const disc = Array.from({ length: 181 }, (_, i) => {
    const angle = i * Math.PI / 90;
    return [panel.radius * Math.cos(angle), panel.radius * Math.sin(angle)] as const;
  });
  return Plot.plot({
    document: document as never,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 36,
    marginTop: 40,
    marginRight: 10,
    style: "font-size:11px",
    x: { domain: [-3, 3], label: "w" },
    y: { domain: [-3, 3], label: "v" },
    color: { type: "log", scheme: "Blues", reverse: true, domain: [0.005, 32], clamp: true },
    marks: [
      Plot.contour({
        x1: -3,
        y1: -3,
        x2: 3,
        y2: 3,
        fill: (w: number, v: number) => panelValue(panel, w, v),
        thresholds: LEVELS,
        stroke: "#555",
        strokeWidth: 0.5,
        interval: undefined,
        pixelSize: 2,
      }),
      Number.isFinite(panel.radius) ? Plot.line(disc, { stroke: "black", strokeWidth: 1.5 }) : null,
      Plot.dot(good, { x: "w", y: "v", r: 4, fill: "black", stroke: "white" }),
      Plot.dot(bad, { x: "w", y: "v", r: 5, symbol: "times", stroke: "#c21807", strokeWidth: 2.5 }),
      Plot.text([...good, ...bad], {
        x: "w",
        y: "v",
        text: ({ value }: Minimum) => value.toFixed(4),
        dy: -12,
        fontWeight: "bold",
        stroke: "white",
        fill: "black",
      }),
      Plot.text([`(${panel.letter}) ${panel.title}`], { frameAnchor: "top", dy: -24, fontSize: 13 }),
    ],
  });
}
