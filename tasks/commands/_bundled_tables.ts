import breastCancer from "../../data/breast_cancer.csv" with { type: "text" };
import iris from "../../data/iris.csv" with { type: "text" };
import { encodeTable, parseTable } from "../../src/data/mod.ts";
import { DIABETES } from "./_diabetes.ts";
import type { NamedTable } from "../workers/paper_worker.ts";

/** The bundled tables with the losses that fit their targets: their names, since losses do not cross to a worker. */
export function bundledTables(): readonly NamedTable[] {
  const kinds = [
    ["diabetes", DIABETES.text, DIABETES.target, "squared", "standardised"],
    ["breast_cancer", breastCancer, "diagnosis", "logistic", "class"],
    ["iris", iris, "species", "softmax", "classes"],
  ] as const;
  return kinds.map(([name, text, target, loss, targetKind]) => {
    const { x, y } = encodeTable(parseTable(text, { file: `${name}.csv` }), { target, targetKind });
    return { name, x, y, loss };
  });
}
