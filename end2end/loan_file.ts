/** Loan files for the tests, and what `loan-recovery analyze` says about them. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { required } from "./server.js";

/** A file as Playwright's file chooser takes it. */
export interface LoanFile {
  name: string;
  mimeType: "text/csv" | "application/gzip";
  buffer: Buffer;
}

const HEADER =
  "Borrower_ID,Age,Gender,Employment_Type,Monthly_Income,Num_Dependents,Loan_ID,Loan_Amount,Loan_Tenure,Interest_Rate,Loan_Type," +
  "Collateral_Value,Outstanding_Loan_Amount,Monthly_EMI,Payment_History,Num_Missed_Payments,Days_Past_Due,Recovery_Status," +
  "Collection_Attempts,Collection_Method,Legal_Action_Taken";

/** Files that nobody on this project made; they lie beside the checkout, and are no part of it. */
const SHARED = new URL("../../shared/data/", import.meta.url);

/** The file of the original analysis. */
const NOTEBOOK = "notebook-loans.csv";

/** Whether a file that is no part of the checkout is at hand. */
export function isShared(path: string): boolean {
  return existsSync(fileURLToPath(new URL(path, SHARED)));
}

/** A file that is no part of the checkout. */
export async function sharedFile(path: string): Promise<LoanFile> {
  return loanFile(basename(path), await readFile(fileURLToPath(new URL(path, SHARED))));
}

/** The original's file where it is at hand, else a made-up one of the same shape: outcomes that nothing foretells. */
export async function notebookLoans(): Promise<LoanFile> {
  return isShared(NOTEBOOK) ? sharedFile(NOTEBOOK) : loanFile("made-up-loans.csv", lines(500));
}

/** A made-up file with `rows` loans. */
export function madeUpLoans(rows: number, change: (lines: string[]) => string[] = (same) => same): LoanFile {
  return loanFile("made-up-loans.csv", change(lines(rows)));
}

/** Sets one cell of the line with this number, as an editor counts it. */
export function withCell(all: string[], line: number, column: string, value: string): string[] {
  const place = HEADER.split(",").indexOf(column);
  const cells = all[line - 1].split(",");
  cells[place] = value;
  return all.map((same, index) => (index === line - 1 ? cells.join(",") : same));
}

function loanFile(name: string, content: Buffer | string[]): LoanFile {
  const buffer = Buffer.isBuffer(content) ? content : Buffer.from(content.join("\n") + "\n");
  return { name, mimeType: "text/csv", buffer };
}

/** The header and `rows` loans, the same ones each time. */
function lines(rows: number): string[] {
  const random = randomNumbers(20240229);
  const between = (from: number, to: number) => Math.floor(from + random() * (to - from + 1));
  const one = (...words: string[]) => words[between(0, words.length - 1)];
  const loan = (number: number) => {
    const income = between(15_000, 250_000);
    const amount = between(50_000, 2_000_000);
    const tenure = between(1, 6) * 12;
    const missed = between(0, 10);
    const history = missed === 0 ? "On-Time" : missed < 5 ? "Delayed" : "Missed";
    const borrower = [`BRW_${number}`, between(21, 65), one("Male", "Female"), one("Salaried", "Self-Employed", "Business Owner"), income, between(0, 4)];
    const terms = [`LN_${number}`, amount, tenure, (8 + 8 * random()).toFixed(2), one("Home", "Auto", "Personal", "Business")];
    const money = [(amount * random()).toFixed(2), (amount * random()).toFixed(2), (amount / tenure).toFixed(2)];
    const course = [history, missed, missed * between(0, 18), one("Fully Recovered", "Partially Recovered", "Written Off")];
    const collection = [between(0, 10), one("Settlement Offer", "Legal Notice", "Calls", "Debt Collectors"), one("Yes", "No")];
    return [...borrower, ...terms, ...money, ...course, ...collection].join(",");
  };
  return [HEADER, ...Array.from({ length: rows }, (_, index) => loan(index + 1))];
}

/** Numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Analysis {
  rows: number;
  rejected: number;
  segmentation: { segments: { id: number; name: string; size: number; risk: "high" | "medium" | "low" }[] };
  model: { auc: number; test_rows: number; gate: { passed: boolean; reason: string } };
  tracks: { legal: number; settlement: number; standard: number };
  high_risk: number;
}

/** What the command line says about a file that lies at `path`. */
export async function analyze(path: string, ...options: string[]): Promise<Analysis> {
  const { stdout } = await promisify(execFile)(required("LOAN_RECOVERY_BIN"), ["analyze", path, "--json", ...options]);
  return JSON.parse(stdout) as Analysis;
}
