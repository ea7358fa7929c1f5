import { numberIn } from "./_number.ts";
import type { DateOrder } from "./reading.ts";

/** Usual spellings of a missing value, and the errors of a spreadsheet. */
const MISSING = new Set(
  [
    "NA",
    "N/A",
    "<NA>",
    "#N/A",
    "NULL",
    "NAN",
    "?",
    "-",
    ".",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
  ],
);

/** The longest of them. */
const LONGEST_MISSING = 7;

/** Whether a trimmed cell is a missing value: one of the usual spellings in capitals or in small letters (Na is sodium), or NaN. */
export function isMissing(text: string): boolean {
  if (text.length > LONGEST_MISSING) return false;
  return text === "" || text === "NaN" || MISSING.has(text) ||
    text === text.toLowerCase() && MISSING.has(text.toUpperCase());
}

/** What a number may be written with; a date may have a year of two digits, which nothing reads. */
export type Need = "decimal" | "thousands" | "percent" | "currency" | "dates" | "century";

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

/** Groups of three digits, after a first one that is no zero (0,125 has decimals), with one separator throughout. */
const GROUPED = {
  ".": /^[+-]?[1-9]\d{0,2}([,'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:\.\d*)?$/,
  ",": /^[+-]?[1-9]\d{0,2}([.'’ \u00a0\u202f])\d{3}(?:\1\d{3})*(?:,\d*)?$/,
};

/** The number written in a trimmed cell that is no plain number, or null. */
export function spelt(text: string, { decimal, order }: Manner): Spelt | null {
  const days = dateIn(text, order);
  if (days !== null) return { value: days, needs: ["dates"], symbol: "" };
  const short = withCentury(text);
  if (short !== text && dateIn(short, order) !== null) return { value: 0, needs: ["dates", "century"], symbol: "" };
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

/** A sign of a currency, or its code, such as CHF. */
const CURRENCY =
  /^(?:\p{Sc}|AUD|BRL|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MXN|NOK|NZD|PLN|SEK|SGD|THB|TRY|USD|ZAR)$/u;

/** The currency at the start of a text, and at its end, or percent there; "" for none. */
const before = (text: string): string => [text.slice(0, 1), text.slice(0, 3)].find((sign) => CURRENCY.test(sign)) ?? "";
const after = (text: string): string =>
  [text.slice(-1), text.slice(-3)].find((sign) => sign === "%" || CURRENCY.test(sign)) ?? "";

/** The sign, the currency, the digits, and the currency or percent of a trimmed cell. Cost: linear in the text, whatever it is. */
function partsOf(text: string): Readonly<Record<"front" | "sign" | "inner" | "back", string>> {
  const minus = text.startsWith("\u2212");
  const front = minus ? "-" : text.startsWith("-") || text.startsWith("+") ? text[0] : "";
  const unsigned = text.slice(front.length).trimStart();
  const sign = before(unsigned);
  const rest = unsigned.slice(sign.length).trim();
  const back = after(rest);
  return { front, sign, inner: rest.slice(0, rest.length - back.length).trimEnd(), back };
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const TIME = /^(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*(?:Z|UTC|([+-])(\d{2}):?(\d{2})?)?)?$/;

/** A longer text is no date. */
const LONGEST_DATE = 60;

/** Days since 1970-01-01, in UTC where a zone is there, or null when the text is no date. */
function dateIn(text: string, order: DateOrder): number | null {
  if (text.length > LONGEST_DATE) return null;
  const month = /^(\d{4})[-/](\d{2})$/.exec(text);
  if (month) return days(month[1], month[2], "1", "");
  const numeric = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(.*)$/.exec(text);
  const named = /^(?:(\d{1,2})[ -])?([A-Za-z]{3})[a-z]*\.?[ -](?:(\d{1,2}),? )?(\d{4})(.*)$/.exec(text);
  if (numeric) {
    const [, first, separator, second, third, rest] = numeric;
    if (first.length === 4) return days(first, second, third, rest);
    if (third.length !== 4) return null;
    return separator === "." || order === "dmy" ? days(third, second, first, rest) : days(third, first, second, rest);
  }
  if (named) {
    const month = MONTHS.indexOf(named[2].toLowerCase());
    const day = named[1] ?? named[3];
    if (month >= 0 && day !== undefined) return days(named[4], String(month + 1), day, named[5]);
  }
  return null;
}

/** A date with a year of two digits, such as 1/2/24 or 1-Jan-24, with the years of this century; any other text as it is. */
function withCentury(text: string): string {
  if (text.length > LONGEST_DATE) return text;
  const found = /^(\d{1,2}([-/.])\d{1,2}\2|\d{1,2}[ -][A-Za-z]{3,9}[ -])(\d{2})(?=$|[ T])/.exec(text);
  return found === null ? text : `${found[1]}20${text.slice(found[1].length)}`;
}

function days(year: string, month: string, day: string, rest: string): number | null {
  const time = TIME.exec(rest);
  if (time === null || day.length > 2) return null;
  const [at, end] = [0, 1].map((more) => Date.UTC(Number(year), Number(month) - 1 + more, 1) / 86_400_000);
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > end - at) return null;
  const [hours, minutes, seconds] = time.slice(1, 4).map((part) => Number(part ?? 0));
  const [zoneHours, zoneMinutes] = time.slice(5).map((part) => Number(part ?? 0));
  if (hours > 24 || minutes > 59 || seconds >= 61 || zoneHours > 14 || zoneMinutes > 59) return null;
  const east = (time[4] === "-" ? -1 : 1) * (zoneHours * 3600 + zoneMinutes * 60);
  return at + Number(day) - 1 + (hours * 3600 + minutes * 60 + seconds - east) / 86_400;
}
