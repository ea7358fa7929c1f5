/**
 * Notebooks of Deno's Jupyter kernel, run without the kernel: the code cells become one module that is imported, and what
 * each cell shows is compared with the outputs that the file holds.
 *
 * As in the kernel, a cell sees the names of the cells before it, and its last expression is what it shows. Unlike there, a
 * name is declared once, a cell imports by package name, and what it shows has a method `Symbol.for("Jupyter.display")`.
 *
 * @module
 */
import { parse } from "npm:@babel/parser@8.1.3";

/** What a cell shows: texts by media type. */
export type Bundle = Readonly<Record<string, string>>;

/** What a cell showed, as the file holds it: each text in pieces, which joined are the text. */
export interface Output {
  /** The texts. */
  readonly data: Readonly<Record<string, readonly string[]>>;
  /** The number of the cell, from 1. */
  readonly "execution_count": number;
  /** Nothing. */
  readonly metadata: Readonly<Record<string, never>>;
  /** That it is the cell's last expression. */
  readonly "output_type": "execute_result";
}

/** A cell of text. */
export interface TextCell {
  /** Tells the cells apart. */
  readonly "cell_type": "markdown";
  /** Its name. */
  readonly id: string;
  /** Whatever editors keep here. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Its text in pieces, which joined are the text. */
  readonly source: readonly string[];
}

/** A cell of code. */
export interface CodeCell extends Omit<TextCell, "cell_type"> {
  /** Tells the cells apart. */
  readonly "cell_type": "code";
  /** Its number among the cells that ran, from 1; null before. */
  readonly "execution_count": number | null;
  /** What it showed. */
  readonly outputs: readonly Output[];
}

/** A notebook, nbformat 4.5. */
export interface Notebook {
  /** The cells, first to last. */
  readonly cells: readonly (TextCell | CodeCell)[];
  /** Kernel and language. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The format's version. */
  readonly nbformat: number;
  /** Its minor version. */
  readonly "nbformat_minor": number;
}

/** The code cells as a function: says when a cell begins, and what the value of its last expression is. */
type Cells = (begin: (cell: string) => void, show: (value: unknown) => void) => Promise<void>;

const DISPLAY = Symbol.for("Jupyter.display");

/** The code cells of a notebook, first to last. */
export function codeCells({ cells }: Notebook): readonly CodeCell[] {
  return cells.filter((cell) => cell.cell_type === "code");
}

/**
 * The code cells as one module. Its default export runs them in order in one scope; imports come before it.
 *
 * @param notebook The notebook.
 * @returns The module, as TypeScript.
 * @throws {Error} If a cell is not TypeScript; the message names it.
 */
export function moduleOf(notebook: Notebook): string {
  const cells = codeCells(notebook).map(cellCode);
  return [
    ...cells.flatMap(({ imports }) => imports),
    "export default async function ($begin: (cell: string) => void, $show: (value: unknown) => void): Promise<void> {",
    ...cells.flatMap(({ body }) => body),
    "}\n",
  ].join("\n");
}

function cellCode({ id, source }: CodeCell): { readonly imports: readonly string[]; readonly body: readonly string[] } {
  const code = source.join("");
  try {
    const { program: { body } } = parse(code, { sourceType: "module", plugins: ["typescript"] });
    const textOf = ({ start, end }: { start?: number | null; end?: number | null }) => code.slice(start!, end!);
    const rest = body.filter(({ type }) => type !== "ImportDeclaration");
    const last = rest.at(-1);
    const statements = rest.map((statement) =>
      statement === last && statement.type === "ExpressionStatement"
        ? `$show((${textOf(statement.expression)}));`
        : textOf(statement)
    );
    const imports = body.filter(({ type }) => type === "ImportDeclaration").map(textOf);
    return { imports, body: [`$begin(${JSON.stringify(id)});`, ...statements] };
  } catch (error) {
    throw failure(id, error);
  }
}

const failure = (cell: string, cause: unknown): Error => new Error(`Cell "${cell}" failed: ${cause}`, { cause });

/**
 * Runs the code cells in this process. Files that cells name are relative to the current folder, as in the kernel.
 *
 * @param notebook The notebook.
 * @returns What each cell showed, by its id; cells that showed nothing are left out.
 * @throws {Error} If a cell throws, is not TypeScript, or shows what has no rich display; the message names the cell.
 */
export async function runNotebook(notebook: Notebook): Promise<ReadonlyMap<string, Bundle>> {
  // As a data address it leaves no file behind, and package names resolve as in this module.
  const module = `data:application/typescript,${encodeURIComponent(moduleOf(notebook))}`;
  const { default: run }: { readonly default: Cells } = await import(module);
  const shown = new Map<string, Bundle>();
  let current = "";
  try {
    await run((cell) => current = cell, (value) => {
      if (value !== undefined) shown.set(current, bundleOf(value));
    });
  } catch (error) {
    throw failure(current, error);
  }
  return shown;
}

function bundleOf(value: unknown): Bundle {
  if (typeof value === "object" && value !== null && DISPLAY in value && typeof value[DISPLAY] === "function") {
    return value[DISPLAY]();
  }
  throw new TypeError('the last expression has no method Symbol.for("Jupyter.display")');
}

/** The notebook with the outputs that a run gave. */
export function withOutputs(notebook: Notebook, shown: ReadonlyMap<string, Bundle>): Notebook {
  const order = codeCells(notebook).map(({ id }) => id);
  const cells = notebook.cells.map((cell) => {
    if (cell.cell_type !== "code") return cell;
    const [bundle, count] = [shown.get(cell.id), order.indexOf(cell.id) + 1];
    return { ...cell, "execution_count": count, outputs: bundle ? [outputOf(bundle, count)] : [] };
  });
  return { ...notebook, cells };
}

function outputOf(bundle: Bundle, count: number): Output {
  const data = Object.fromEntries(Object.entries(bundle).map(([type, text]) => [type, linesOf(text)]));
  return { data, "execution_count": count, metadata: {}, "output_type": "execute_result" };
}

const linesOf = (text: string): readonly string[] => text.split(/(?<=\n)/);

/** Where the outputs that the file holds are not those of a run: a sentence per cell. */
export function differences(notebook: Notebook, shown: ReadonlyMap<string, Bundle>): readonly string[] {
  const ran = codeCells(withOutputs(notebook, shown));
  return codeCells(notebook).flatMap((cell, index) => {
    const [stored, found] = [cell, ran[index]].map((one) => JSON.stringify([one.execution_count, one.outputs]));
    if (stored === found) return [];
    let at = 0;
    while (stored[at] === found[at]) at++;
    const near = (text: string) => text.slice(Math.max(0, at - 40), at + 40);
    return [`Cell "${cell.id}" shows other than the file holds: ${near(found)} in place of ${near(stored)}`];
  });
}

/**
 * The file's text, as Jupyter writes it, but for the line end at the end of each cell: `deno fmt --check` (2.9.6) takes a
 * cell without one for not formatted.
 */
export function notebookText(notebook: Notebook): string {
  const cells = notebook.cells.map((cell) => ({ ...cell, source: linesOf(`${cell.source.join("").trimEnd()}\n`) }));
  return `${JSON.stringify({ ...notebook, cells }, null, 1)}\n`;
}
