import type { PlotOptions } from "npm:@observablehq/plot@0.6.17";
import { type Document, DOMImplementation, type Element, XMLSerializer } from "npm:@xmldom/xmldom@0.9.9";

const SVG = "http://www.w3.org/2000/svg";

/** What Plot asks of an element beside the DOM that XML has: a style to set, and children to append. */
function asInBrowsers(element: Element): Element {
  const style = {
    setProperty: (name: string, value: string) => {
      const others = element.getAttribute("style");
      element.setAttribute("style", `${others ? `${others};` : ""}${name}:${value}`);
    },
    removeProperty: () => {},
  };
  const append = (...nodes: readonly (Element | string)[]) => {
    for (const node of nodes) {
      element.appendChild(typeof node === "string" ? element.ownerDocument!.createTextNode(node) : node);
    }
  };
  return Object.defineProperty(Object.assign(element, { append }), "style", {
    get: () => style,
    set: (text: string) => element.setAttribute("style", text),
  });
}

/** A document for Plot to draw in. */
export function svgDocument(): NonNullable<PlotOptions["document"]> {
  const document: Document = new DOMImplementation().createDocument(null, "html");
  const [create, createIn] = [document.createElement, document.createElementNS];
  document.createElement = (tag: string) => asInBrowsers(create.call(document, tag));
  document.createElementNS = (space: string | null, tag: string) => asInBrowsers(createIn.call(document, space, tag));
  return document as unknown as NonNullable<PlotOptions["document"]>;
}

/** A drawing as a file of its own: with its name space, a title and a description as alternative text, on white. */
export function svgFile(plot: unknown, title: string, description: string): string {
  const drawing = plot as Element;
  const [name, words] = [["title", title], ["desc", description]].map(([tag, text]) => {
    const node = drawing.ownerDocument!.createElementNS(SVG, tag);
    node.textContent = text;
    return node;
  });
  drawing.insertBefore(words, drawing.firstChild);
  drawing.insertBefore(name, words);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("style", "background: white; color: black");
  return `${new XMLSerializer().serializeToString(drawing)}\n`;
}
