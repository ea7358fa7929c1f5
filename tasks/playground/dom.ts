/// <reference lib="dom" />
/** An element of the page, which has it. */
export const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

/** A button of the page. */
export const button = (id: string): HTMLButtonElement => find<HTMLButtonElement>(id);

/** A list of the page. */
export const select = (id: string): HTMLSelectElement => find<HTMLSelectElement>(id);

/** Puts a text into an element; the same text again is no news to a screen reader. */
export function show(element: string, text: string): void {
  if (find(element).textContent !== text) find(element).textContent = text;
}

/** Hands a file to the user. */
export function save(name: string, content: Uint8Array<ArrayBuffer> | string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
