import { csvRows } from "../data/mod.ts";
import type { Grid } from "./grid.ts";

/** The columns of a grid's table. */
const COLUMNS = "alpha,beta,value";

/** A number as `gridCsv` writes it: decimal digits with a point and an exponent, or infinity. */
const NUMBER = /^-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Infinity)$/;

/**
 * A grid as CSV: a line `alpha,beta,value` per value, beta by beta and within a beta alpha by alpha. A number is
 * written with the fewest digits that read back to the same bits, infinity as `Infinity`, a missing value as an empty
 * cell.
 *
 * @param grid The grid.
 * @returns The text, header first; every line ends with "\n".
 * @example A value and a missing one
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const grid = { alphas: Float64Array.of(0, 0.5), betas: Float64Array.of(1), values: Float64Array.of(Infinity, NaN) };
 * assertEquals(gridCsv(grid), "alpha,beta,value\n0,1,Infinity\n0.5,1,\n");
 * ```
 */
export function gridCsv({ alphas, betas, values }: Grid): string {
  const rows = Array.from(values, (value, at) => {
    const [alpha, beta] = [alphas[at % alphas.length], betas[Math.floor(at / alphas.length)]];
    return [written(alpha), written(beta), Number.isNaN(value) ? "" : written(value)];
  });
  return csvRows([COLUMNS.split(","), ...rows]);
}

/**
 * Reads a grid that {@linkcode gridCsv} wrote, to the same bits. A byte-order mark and CR LF line ends are read over; a
 * text whose last line has no end is refused, since a number may be cut off there. Cost: linear in the length of the
 * text.
 *
 * @param text The text.
 * @returns The grid; empty cells are NaN.
 * @throws {SyntaxError} If the header is another, a cell is not a number, or the lines are not those of a whole grid
 * with ascending coordinates. The message is one sentence, with the line.
 * @example There and back
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * const text = "alpha,beta,value\n0,1,Infinity\n0.5,1,\n";
 * assertEquals(gridCsv(parseGridCsv(text)), text);
 * assertThrows(() => parseGridCsv(text + "0,2,7\n"), Error, "the last beta has 1 of 2 lines");
 * ```
 */
export function parseGridCsv(text: string): Grid {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  if (lines[0] !== COLUMNS) throw noGrid(`the first line must be "${COLUMNS}"`);
  if (lines.length < 2 || lines[lines.length - 1] !== "") throw noGrid("it is cut off, its last line has no end");
  const cells = lines.slice(1, -1).map(parseLine);
  if (cells.length === 0) throw noGrid("it has no line below the header");
  const change = cells.findIndex(({ beta }) => beta !== cells[0].beta);
  const width = change < 0 ? cells.length : change;
  const alphas = Float64Array.from(cells.slice(0, width), ({ alpha }) => alpha);
  const betas = Float64Array.from(cells.filter((_, at) => at % width === 0), ({ beta }) => beta);
  checkAscending("alpha", alphas, 1);
  checkAscending("beta", betas, width);
  cells.forEach(({ alpha, beta }, at) => {
    const [alphaHere, betaHere] = [alphas[at % width], betas[Math.floor(at / width)]];
    if (alpha !== alphaHere || beta !== betaHere) {
      throw noGrid(`line ${at + 2} must be at (${alphaHere}, ${betaHere}), and is at (${alpha}, ${beta})`);
    }
  });
  const last = cells.length % width;
  if (last !== 0) throw noGrid(`the last beta has ${last} of ${width} lines`);
  return Object.freeze({ alphas, betas, values: Float64Array.from(cells, ({ value }) => value) });
}

/** The fewest digits that read back to the same bits. */
const written = (value: number): string => Object.is(value, -0) ? "-0" : String(value);

/** Why a text is not a grid. */
const noGrid = (problem: string): SyntaxError => new SyntaxError(`Cannot read the grid: ${problem}`);

/** The numbers of one line; `at` counts from 0 below the header. */
function parseLine(
  line: string,
  at: number,
): { readonly alpha: number; readonly beta: number; readonly value: number } {
  const cells = line.split(",");
  if (cells.length !== 3) throw noGrid(`line ${at + 2} must have 3 cells, and has ${cells.length}`);
  const [alpha, beta, value] = cells.map((cell, column) => {
    const isMissing = column === 2 && cell === "";
    const number = NUMBER.test(cell) ? Number(cell) : NaN;
    if (isMissing || (column === 2 ? !Number.isNaN(number) : Number.isFinite(number))) return number;
    throw noGrid(
      `line ${at + 2} must have a number as its ${COLUMNS.split(",")[column]}, and has "${cell.slice(0, 40)}"`,
    );
  });
  return { alpha, beta, value };
}

/** Checks that coordinates ascend, the next one `stride` lines below the last. */
function checkAscending(name: string, coordinates: Float64Array, stride: number): void {
  const at = coordinates.findIndex((value, i) => i > 0 && !(value > coordinates[i - 1]));
  if (at > 0) throw noGrid(`line ${at * stride + 2} must have a greater ${name} than ${coordinates[at - 1]}`);
}
