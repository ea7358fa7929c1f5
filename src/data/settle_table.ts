import { quoted } from "./_wording.ts";
import { isMissing, type Manner, type Need, type Spelt, spelt } from "./_spelling.ts";
import { type Column, makeColumn } from "./column.ts";
import { InputError } from "./input_error.ts";
import type { DateOrder, Reading, RefusedSpelling, Spelling } from "./reading.ts";
import { placeOf, type Table } from "./table.ts";

/**
 * Decides what the texts of each column are, over its different texts: usual spellings of missing values (NA, N/A, null, NaN, ?, -, .)
 * become missing values; numbers in another spelling (decimal comma, groups of three digits, percent, currency, dates) become numbers
 * where the whole column has that spelling and the reading allows it, and are refused when the column is used where it does not.
 * Cost: one pass over the columns that have texts.
 *
 * @param table The table as it was read.
 * @returns The table; itself when there is nothing to decide.
 * @throws {InputError} If the reading says what sign the numbers of a column have, and one of them does not have it.
 * @example A missing value
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseTable } from "./parse_table.ts";
 * const { cells, spellings } = parseTable("a\n1\nNA\n", { file: "a.csv" });
 * assertEquals([...cells[0]!.numbers!], [1, NaN]);
 * assertEquals(spellings[0].missing, ["NA"]);
 * ```
 */
export function settleTable(table: Table): Table {
  const settled = table.cells.map((column, at) => column && settleColumn(table, at, column));
  if (settled.every((one) => one === null)) return table;
  return Object.freeze({
    ...table,
    cells: Object.freeze(table.cells.map((column, at) => settled[at]?.column ?? column)),
    spellings: Object.freeze(table.spellings.map((spelling, at) => settled[at]?.spelling ?? spelling)),
  });
}

interface Settled {
  readonly column: Column;
  readonly spelling: Spelling;
}

/** A column with its missing values and numbers; null when it stays as it is. */
function settleColumn(table: Table, at: number, column: Column): Settled | null {
  const spelling = table.spellings[at];
  const name = table.columns[at];
  const known = own(table.reading.symbols, name);
  if (column.codes === null) {
    if (known !== undefined && table.rows > 0) throw unsigned(table, at, 0, known);
    return null;
  }
  const missing = column.texts.filter((text) => text !== "" && isMissing(text));
  const texts = column.texts.filter((text) => !isMissing(text));
  const plain = missing.length === 0 ? column : withoutMissing(column);
  const base = { ...spelling, ...missing.length > 0 && { missing: Object.freeze(missing) } };
  const as = (changed: Column, more: Partial<Spelling> = {}) => ({
    column: changed,
    spelling: Object.freeze({ ...base, ...more }),
  });
  if (spelling.declared !== "text" && texts.length > 0) {
    const found = readTexts(plain, texts, table.reading, own(table.reading.dateOrders, name));
    if (found?.refused) return as(plain, { refused: found.refused });
    if (found) {
      const { symbol, order } = found;
      if (known !== undefined && symbol !== known) {
        throw unsigned(
          table,
          at,
          column.codes.findIndex((code) => code < 0 || texts.includes(column.texts[code])),
          known,
        );
      }
      return as(toNumbers(plain, found.values), {
        ...symbol !== "" && { symbol },
        ...order !== null && { dateOrder: order },
      });
    }
  }
  return missing.length === 0 ? null : as(plain);
}

const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;

function unsigned(table: Table, at: number, row: number, symbol: string): InputError {
  return new InputError(
    `the number is written without the ${quoted(symbol)} that this column has for the model; add it`,
    {
      ...placeOf(table, row),
      column: table.columns[at],
    },
  );
}

/** The numbers that all texts are; or why they are not read; null when one of them is a text. */
interface Read {
  readonly values: ReadonlyMap<string, number>;
  readonly symbol: string;
  readonly order: DateOrder | null;
  readonly refused: RefusedSpelling | null;
}

function readTexts(
  column: Column,
  texts: readonly string[],
  reading: Reading,
  known: DateOrder | undefined,
): Read | null {
  const wanted = reading.decimalComma ? "," : ".";
  const orders = known === undefined ? ["dmy", "mdy"] as const : [known];
  // The decimals of the other spelling only where no plain number has decimals of this one.
  for (const decimal of isWhole(column) ? [wanted, wanted === "." ? "," : "."] as const : [wanted] as const) {
    const tries = orders.flatMap((order) => {
      const all = readAll(texts, { decimal, order });
      return all === null ? [] : [{ order, all }];
    });
    if (tries.length === 0) continue;
    const { all } = tries[0];
    const needs = new Set(all.flatMap(({ needs }) => needs));
    if (decimal === "," && wanted === ".") needs.add("decimal");
    const isDate = needs.has("dates");
    const isAmbiguous = isDate && tries.length > 1 &&
      tries[0].all.some(({ value }, i) => value !== tries[1].all[i].value);
    const refused = refusal(column, texts, all, { needs, reading, isAmbiguous, decimal });
    return {
      values: new Map(texts.map((text, i) => [text, all[i].value])),
      symbol: all[0].symbol,
      order: isDate && tries.length === 1 ? tries[0].order : null,
      refused,
    };
  }
  return null;
}

function readAll(texts: readonly string[], manner: Manner): readonly Spelt[] | null {
  const all: Spelt[] = [];
  for (const text of texts) {
    const one = spelt(text, manner);
    if (one === null) return null;
    all.push(one);
  }
  return all;
}

/** What texts look like that are written with something. */
const LOOKS: Readonly<Record<Need | "either", string>> = {
  decimal: "is a number with a decimal comma; read decimal commas",
  thousands: "is a number with a thousands separator; read such groups of digits",
  either: "has groups of three digits, or decimals after a comma; say which",
  percent: "is a percentage; read percentages as numbers",
  currency: "is an amount of money; read amounts as numbers",
  dates: "is a date; read dates as numbers",
  century: "is a date with a year of two digits; write years with four",
};

/** Whether a column whose texts are groups of digits may have three decimals after a comma in place of them. */
const mayBeDecimals = (column: Column, texts: readonly string[]): boolean =>
  isWhole(column) && texts.every((text) => /^[+-]?\d{1,3},\d{3}$/.test(text));

const isWhole = ({ numbers }: Column): boolean =>
  numbers?.every((value) => Number.isNaN(value) || Number.isInteger(value)) ?? true;

/** Why texts that are numbers in another spelling are not read as such; null when they are. */
function refusal(
  column: Column,
  texts: readonly string[],
  all: readonly Spelt[],
  { needs, reading, isAmbiguous, decimal }: {
    readonly needs: ReadonlySet<Need>;
    readonly reading: Reading;
    readonly isAmbiguous: boolean;
    readonly decimal: "." | ",";
  },
): RefusedSpelling | null {
  const short = all.findIndex(({ needs }) => needs.includes("century"));
  if (short >= 0) return { example: texts[short], problem: LOOKS.century, option: null };
  const need = (["dates", "currency", "percent", "thousands", "decimal"] as const)
    .find((one) => needs.has(one) && !reading[one === "decimal" ? "decimalComma" : one]);
  if (need !== undefined) {
    const example = texts.find((_, i) =>
      need === "decimal" ? texts[i].includes(decimal) : all[i].needs.includes(need)
    )!;
    if (need !== "thousands" || decimal !== "." || reading.decimalComma || !mayBeDecimals(column, texts)) {
      return { example, problem: LOOKS[need], option: need };
    }
    return { example, problem: LOOKS.either, option: need, orDecimal: true };
  }
  const hasPlain = column.numbers?.some((value) => !Number.isNaN(value)) ?? false;
  const uneven = all.findIndex(({ symbol, needs }) =>
    symbol !== all[0].symbol || needs.includes("dates") !== all[0].needs.includes("dates")
  );
  if (uneven > 0 || hasPlain && (all[0].symbol !== "" || needs.has("dates"))) {
    const example = texts[Math.max(0, uneven)];
    return {
      example,
      problem: "is written in another way than other cells of the column; write all of them in one way",
      option: null,
    };
  }
  if (!isAmbiguous) return null;
  return { example: texts[0], problem: "may be day/month or month/day; write dates as 2024-01-31", option: null };
}

/** The cells with the empty text for every spelling of a missing value. */
function withoutMissing({ numbers, codes, texts }: Column): Column {
  const now: string[] = [];
  const codeOf = new Map<string, number>();
  const byCode = texts.map((text) => {
    const name = isMissing(text) ? "" : text;
    const code = codeOf.get(name) ?? now.push(name) - 1;
    codeOf.set(name, code);
    return code;
  });
  return makeColumn(numbers, codes!.map((code) => code < 0 ? code : byCode[code]), now);
}

/** The cells with a number for every text but the empty one. */
function toNumbers({ numbers, codes, texts }: Column, values: ReadonlyMap<string, number>): Column {
  const byCode = texts.map((text) => values.get(text) ?? NaN);
  const all = Float64Array.from(codes!, (code, row) => code < 0 ? numbers![row] : byCode[code]);
  const blank = texts.indexOf("");
  return blank < 0 ? makeColumn(all, null, []) : makeColumn(all, codes!.map((code) => code === blank ? 0 : -1), [""]);
}
