/** Reads delimited text by means of its own, so that what the pages count is counted by somebody else, too. */
import type { LoanFile } from "./loan_file.js";

/** A row by the names of its columns. */
export type Row = Record<string, string>;

const MARK = "\uFEFF";

/** The rows below the header; blank lines are none. */
export function rowsOf(file: LoanFile): Row[] {
  const [header, ...lines] = file.buffer.toString("utf8").replace(MARK, "").split(/\r?\n/);
  const names = cellsOf(header, delimiterOf(header));
  return lines
    .filter((line) => line !== "")
    .map((line) => {
      const cells = cellsOf(line, delimiterOf(header));
      if (cells.length !== names.length) throw new Error(`${file.name} has a row of ${cells.length} cells: ${line}`);
      return Object.fromEntries(names.map((name, place) => [name, cells[place]]));
    });
}

/** The same file with other words in its header. Columns without a name stay so. */
export function renamed(file: LoanFile, rename: (name: string) => string): LoanFile {
  const end = file.buffer.indexOf("\n");
  const line = file.buffer.subarray(0, end).toString("utf8");
  const mark = line.startsWith(MARK) ? MARK : "";
  const header = line.replace(MARK, "").trimEnd();
  const names = cellsOf(header, delimiterOf(header)).map((name) => name && `"${rename(name)}"`);
  const changed = mark + names.join(delimiterOf(header)) + line.slice(line.trimEnd().length);
  return { ...file, buffer: Buffer.concat([Buffer.from(changed), file.buffer.subarray(end)]) };
}

const delimiterOf = (header: string): string => (header.includes(";") ? ";" : ",");

function cellsOf(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  for (const part of line.split(delimiter)) {
    const last = cells.at(-1);
    // A delimiter between quotes parts nothing.
    if (last !== undefined && last.split('"').length % 2 === 0) cells[cells.length - 1] = last + delimiter + part;
    else cells.push(part);
  }
  return cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
}
