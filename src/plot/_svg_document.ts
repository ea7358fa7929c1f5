import { parseHTML } from "linkedom";

/** What a chart needs of a drawing, since the types of browsers are not those of this runtime. */
export interface Drawing {
  readonly ownerDocument: { createElementNS(space: string, tag: string): { textContent: string } };
  readonly outerHTML: string;
  prepend(...nodes: readonly unknown[]): void;
  setAttribute(name: string, value: string): void;
}

const SVG = "http://www.w3.org/2000/svg";

/** A document for Plot to draw in. */
// deno-lint-ignore no-explicit-any -- Plot asks for a browser's Document, a type that this runtime does not have.
export function svgDocument(): any {
  return (parseHTML("<!doctype html><html><body></body></html>") as unknown as { readonly document: unknown }).document;
}

/** A drawing as a file of its own: with its name space, a title and a description for who cannot see it, on white. */
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
