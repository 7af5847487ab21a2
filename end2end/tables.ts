/** Reads tables as a person does: by the words in their heads. */
import type { Locator } from "@playwright/test";

/** The cells below a head, from top to bottom; totals are left out. */
export async function column(table: Locator, head: string): Promise<string[]> {
  return (await records(table)).map((row) => {
    if (!(head in row)) throw new Error(`there is no column ${head}, only ${Object.keys(row).join(", ")}`);
    return row[head];
  });
}

/** The rows of a table, each by the heads of its columns; totals are left out. */
export async function records(table: Locator): Promise<Record<string, string>[]> {
  return table.evaluate((element) => {
    const words = (cell: Element) => (cell.textContent ?? "").replace(/\s+/g, " ").replace(/ [▲▼]$/, "").trim();
    const heads = [...element.querySelectorAll("thead th")].map(words);
    const rows = [...element.querySelectorAll("tbody tr")];
    return rows.map((row) => Object.fromEntries([...row.children].map((cell, place) => [heads[place], words(cell)])));
  });
}

/** A whole number as pages write it: `12,480`. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}
