import type { PlotOptions } from "npm:@observablehq/plot@0.6.17";
import { parseHTML } from "npm:linkedom@0.18.15";

/** What a chart needs of a drawing, since the types of browsers are not those of this runtime. */
export interface Drawing {
  readonly ownerDocument: { createElementNS(space: string, tag: string): { textContent: string } };
  readonly outerHTML: string;
  prepend(...nodes: readonly unknown[]): void;
  setAttribute(name: string, value: string): void;
}

const SVG = "http://www.w3.org/2000/svg";

/** A document for Plot to draw in. */
export function svgDocument(): NonNullable<PlotOptions["document"]> {
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as Pick<
    PlotOptions,
    "document"
  >;
  return document!;
}

/** A drawing as a file of its own: with its name space, a title and a description as alternative text, on white. */
export function svgFile(drawing: Drawing, title: string, description: string): string {
  const [name, words] = [["title", title], ["desc", description]].map(([tag, text]) => {
    const node = drawing.ownerDocument.createElementNS(SVG, tag);
    node.textContent = text;
    return node;
  });
  drawing.prepend(name, words);
  drawing.setAttribute("xmlns", SVG);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("style", "background: white; color: black");
  return `${drawing.outerHTML}\n`;
}
