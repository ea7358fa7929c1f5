import { numberIn } from "./_number.ts";
import type { DateOrder } from "./reading.ts";

/** Usual spellings of a missing value. */
const MISSING = new Set(["NA", "N/A", "n/a", "#N/A", "null", "NULL", "NaN", "nan", "?", "-", "."]);

/** Whether a trimmed cell is a missing value. */
export const isMissing = (text: string): boolean => text === "" || MISSING.has(text);

/** What a number may be written with. */
export type Need = "decimal" | "thousands" | "percent" | "currency" | "dates";

/** A number that is written in another spelling. */
export interface Spelt {
  readonly value: number;
  /** What it is written with. */
  readonly needs: readonly Need[];
  /** The sign of percent or of a currency; "" for none. */
  readonly symbol: string;
}

/** How numbers are read: the character of the decimals, the order of dates. */
export interface Manner {
  readonly decimal: "." | ",";
  readonly order: DateOrder;
}

/** Groups of three digits, after the first one, with one separator throughout. */
const GROUPED = {
  ".": /^[+-]?\d{1,3}([,'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:\.\d*)?$/,
  ",": /^[+-]?\d{1,3}([.'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:,\d*)?$/,
};

/** The number written in a trimmed cell that is no plain number, or null. */
export function spelt(text: string, { decimal, order }: Manner): Spelt | null {
  const days = dateIn(text, order);
  if (days !== null) return { value: days, needs: ["dates"], symbol: "" };
  const { front, sign, inner, back } = partsOf(text);
  if (sign !== "" && back !== "") return null;
  const symbol = sign + back;
  const own: Need[] = symbol === "" ? [] : [symbol === "%" ? "percent" : "currency"];
  const body = front + inner;
  const share = symbol === "%" ? 100 : 1;
  if (GROUPED[decimal].test(body)) {
    const digits = decimal === "." ? body.replace(/[^\d.+-]/g, "") : body.replace(/[^\d,+-]/g, "").replace(",", ".");
    return { value: Number(digits) / share, needs: [...own, "thousands"], symbol };
  }
  if (decimal === "," && body.includes(".")) return null;
  const value = numberIn(decimal === "," ? body.replace(",", ".") : body);
  if (value === null) return null;
  return { value: value / share, needs: own, symbol };
}

/** What stands before an amount, and after one. */
const [BEFORE, AFTER] = ["$€£¥₹", "%$€£¥₹"];

/** The sign, the currency, the digits, and the currency or percent of a trimmed cell. Cost: linear in the text, whatever it is. */
function partsOf(text: string): Readonly<Record<"front" | "sign" | "inner" | "back", string>> {
  const minus = text.startsWith("\u2212");
  const front = minus ? "-" : text.startsWith("-") || text.startsWith("+") ? text[0] : "";
  const unsigned = text.slice(front.length).trimStart();
  const sign = unsigned !== "" && BEFORE.includes(unsigned[0]) ? unsigned[0] : "";
  const rest = unsigned.slice(sign.length).trim();
  const back = rest !== "" && AFTER.includes(rest.at(-1)!) ? rest.at(-1)! : "";
  return { front, sign, inner: rest.slice(0, rest.length - back.length).trimEnd(), back };
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const TIME = /^(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*Z?)?$/;

/** Days since 1970-01-01, or null when the text is no date. */
function dateIn(text: string, order: DateOrder): number | null {
  const numeric = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(.*)$/.exec(text);
  const named = /^(?:(\d{1,2})[ -])?([A-Za-z]{3})[a-z]*\.?[ -](?:(\d{1,2}),? )?(\d{4})()$/.exec(text);
  if (numeric) {
    const [, first, separator, second, third, rest] = numeric;
    if (first.length === 4) return days(first, second, third, rest);
    if (third.length !== 4) return null;
    return separator === "." || order === "dmy" ? days(third, second, first, rest) : days(third, first, second, rest);
  }
  if (named) {
    const month = MONTHS.indexOf(named[2].toLowerCase());
    const day = named[1] ?? named[3];
    if (month >= 0 && day !== undefined) return days(named[4], String(month + 1), day, "");
  }
  return null;
}

function days(year: string, month: string, day: string, rest: string): number | null {
  const time = TIME.exec(rest);
  if (time === null || day.length > 2) return null;
  const [at, end] = [0, 1].map((more) => Date.UTC(Number(year), Number(month) - 1 + more, 1) / 86_400_000);
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > end - at) return null;
  const [hours, minutes, seconds] = time.slice(1).map((part) => Number(part ?? 0));
  return at + Number(day) - 1 + (hours * 3600 + minutes * 60 + seconds) / 86_400;
}
