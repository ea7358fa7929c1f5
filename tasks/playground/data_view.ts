/// <reference lib="dom" />
import { find } from "./dom.ts";
import type { ColumnView } from "./messages.ts";
import type { Settings } from "./settings.ts";

/** The columns of a table: which is predicted, what each holds, and a tick for those that are used. */
export function showColumns(
  columns: readonly ColumnView[],
  target: string,
  { drop, missing }: Settings,
  change: (changed: Partial<Settings>) => void,
): void {
  const list = document.querySelector<HTMLSelectElement>('select[name="target"]')!;
  list.replaceChildren(...columns.map(({ name }) => new Option(name, name, false, name === target)));
  find("column-rows").replaceChildren(...columns.map((column) => {
    const { name } = column;
    const tick = document.createElement("input");
    tick.type = "checkbox";
    tick.checked = !drop.includes(name);
    tick.disabled = name === target;
    tick.setAttribute("aria-label", `use ${name}`);
    tick.addEventListener("change", () => {
      const others = drop.filter((one) => one !== name);
      change({ drop: tick.checked ? others : [...others, name] });
    });
    const row = document.createElement("tr");
    row.append(cellOf(tick), ...[name, column.kind, column.missing === 0 ? "" : String(column.missing)].map(cellOf));
    return row;
  }));
  if (columns.some((column) => column.missing > 0) && missing === "refuse") {
    find<HTMLDetailsElement>("columns").open = true;
  }
}

function cellOf(content: string | Node): HTMLElement {
  const cell = document.createElement("td");
  cell.append(content);
  return cell;
}

/** Takes files: chosen, or dropped anywhere on the page. */
export function listenForFiles(take: (file: File) => void): void {
  find<HTMLInputElement>("file").addEventListener("change", ({ target }) => {
    const [file] = (target as HTMLInputElement).files ?? [];
    if (file !== undefined) take(file);
  });
  for (const [kind, over] of [["dragover", true], ["dragleave", false], ["drop", false]] as const) {
    addEventListener(kind, (event) => {
      event.preventDefault();
      find("drop").classList.toggle("over", over);
      const [file] = kind === "drop" ? (event as DragEvent).dataTransfer?.files ?? [] : [];
      if (file !== undefined) take(file);
    });
  }
}
