import type { Reading } from "../data/mod.ts";
import { isRecord } from "./_rows.ts";

/** How the table was read; what a file holds beside it is left out. */
export function readReading(value: unknown): Reading | null {
  if (!isRecord(value)) return null;
  const flags = (["decimalComma", "thousands", "percent", "currency", "dates"] as const)
    .flatMap((name) => value[name] === true ? [[name, true] as const] : []);
  const texts = (["dateOrders", "symbols"] as const).flatMap((name) => {
    const entries = isRecord(value[name]) ? Object.entries(value[name]) : [];
    const known = entries.every(([, one]) =>
      name === "dateOrders" ? one === "dmy" || one === "mdy" : typeof one === "string"
    );
    return entries.length > 0 && known ? [[name, Object.fromEntries(entries)] as const] : [];
  });
  return Object.fromEntries([...flags, ...texts]);
}
