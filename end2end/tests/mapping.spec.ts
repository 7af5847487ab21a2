/** A file with headers that nobody knows: its columns are said by hand, checked, loaded, recognised, and undone. */
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, expectNoOverflow, testFromEmpty as test } from "../fixtures.js";
import { type LoanFile, madeUpLoans } from "../loan_file.js";
import { WORK, expectCounts, send, state } from "../mapping.js";
import { records } from "../tables.js";

test.describe.configure({ timeout: 180_000 });

const HEADER = "Vertragsnummer;Kundennummer;Kreditbetrag;Restschuld;Verzugstage;Zustand;Auszahlung";
const STATES = ["laufend", "bezahlt", "abgeschrieben"];

/** Twelve loans of a German lender; the debt of the seventh is a word. */
function foreignLoans(name: string, first: number): LoanFile {
  const loan = (number: number) => {
    const debt = number % 12 === 7 ? "viel" : `8.${100 + number},50`;
    return [`V-${number}`, `K-${number}`, `12.${500 + number},00`, debt, number * 3, STATES[number % 3], `${10 + (number % 18)}.04.2021`].join(";");
  };
  const lines = [HEADER, ...Array.from({ length: 12 }, (_, index) => loan(first + index))];
  return { name, mimeType: "text/csv", buffer: Buffer.from(lines.join("\r\n") + "\r\n") };
}

const columnsOf = (page: Page) => page.getByRole("table", { name: /^Fields of the columns/ });

const rowOf = (page: Page, name: string): Locator =>
  columnsOf(page).locator("tbody tr", { has: page.getByRole("rowheader", { name, exact: true }) });

const choose = (page: Page, column: string, field: string) => page.getByLabel(`Field for ${column}`).selectOption({ label: field });

/** Says what each column holds. Without scripts, all that may be said stands behind "More". */
async function sayColumns(page: Page, scripts: boolean): Promise<void> {
  await choose(page, "Vertragsnummer", "Loan id");
  await choose(page, "Kundennummer", "Borrower id");
  await choose(page, "Kreditbetrag", "Loan amount");
  await choose(page, "Restschuld", "Outstanding amount");
  await choose(page, "Verzugstage", "Days past due");
  await choose(page, "Zustand", "Recovery status");
  await choose(page, "Auszahlung", "Date of origination");
  // How numbers are written is seen by their values; who says it again does no harm.
  await rowOf(page, "Restschuld").locator("summary").click();
  await rowOf(page, "Restschuld").getByLabel("A comma parts the decimals").check();
  if (scripts) await expect(rowOf(page, "Kreditbetrag")).toContainText("Decimal comma");
  const meanings = { laufend: ["open", "Open"], bezahlt: ["fully_recovered", "Fully recovered"], abgeschrieben: ["written_off", "Written off"] };
  if (!scripts) for (const column of ["Zustand", "Auszahlung"]) await rowOf(page, column).locator("summary").click();
  for (const [word, [code, label]] of Object.entries(meanings)) {
    if (scripts) await page.getByLabel(`Meaning of ${word} in Zustand`).selectOption({ label });
    else await page.getByLabel(`In place of "${word}"`).fill(code);
  }
  await page.getByLabel("How dates in Auszahlung are written").selectOption({ label: "Day/month/year" });
}

test("a file with foreign headers is mapped by hand, checked, loaded and undone", async ({ page, open, setUp, javaScriptEnabled }) => {
  const scripts = javaScriptEnabled !== false;
  await setUp();
  await open("/uploads/new");
  await send(page, foreignLoans("kredite.csv", 1));

  await test.step("its columns are said by hand", async () => {
    await expect(state(page)).toHaveText("To be mapped");
    await page.getByText("First 12 rows").click();
    const [first] = await records(page.getByRole("table", { name: "First rows of kredite.csv" }));
    expect(first).toMatchObject({ Vertragsnummer: "V-1", Kreditbetrag: "12.501,00", Zustand: "bezahlt" });
    await sayColumns(page, scripts);
    if (scripts) {
      await expect(rowOf(page, "Zustand")).toContainText("Known only after the outcome: not used to score");
      await expectAccessible(page);
    }
    await expectNoOverflow(page);
    await page.getByLabel("Save this mapping as").fill("Nordbank");
    await page.getByRole("button", { name: "Check all rows" }).click();
  });

  await test.step("nothing is stored before it is loaded", async () => {
    await expect(state(page)).toHaveText("Checked", WORK);
    await expectCounts(page, { "Rows in the file": 12, Accepted: 11, Rejected: 1 });
    const [group] = await records(page.getByRole("table", { name: "Findings by reason" }));
    expect(group).toMatchObject({ Finding: "Rejected", Column: "Restschuld", Value: "viel", "First line": "8", Rows: "1" });
    const totals = await records(page.getByRole("table", { name: "Control totals" }));
    expect(totals).toContainEqual({ Total: "Loan amount, $", "In the file": "150,078.00", Accepted: "137,571.00", "Left out": "12,507.00" });
    if (scripts) await expectAccessible(page);
    await expectNoOverflow(page);
  });

  await test.step("the accepted rows are loaded", async () => {
    await page.getByRole("button", { name: "Load 11 rows" }).click();
    await expect(state(page)).toHaveText("Imported", WORK);
    await expectCounts(page, { "Rows in the file": 12, Accepted: 11, Rejected: 1 });
    await expect(page.getByRole("table", { name: "Rejected rows" })).toBeVisible();
    const rejected = await page.request.get((await page.getByRole("link", { name: "Download rejected rows" }).getAttribute("href")) ?? "");
    expect(await rejected.text()).toContain("V-7;K-7;12.507,00;viel;");
    if (scripts) await expectAccessible(page);
    await page.getByRole("link", { name: "See the loans" }).click();
    await expect(page.getByText(/^11 loans ·/)).toBeVisible();
    await page.getByRole("link", { name: "V-2", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Loan V-2");
    const days = await records(page.getByRole("table", { name: "States of the loan by day" }));
    expect(days).toEqual([
      { "As of": "31 Oct 2026", "Outstanding, $": "8,102.50", "Days past due": "6", Missed: "—", Status: "Written off", File: "kredite.csv" },
    ]);
  });

  await test.step("the same file again changes nothing", async () => {
    await open("/uploads/new");
    await send(page, foreignLoans("kredite.csv", 1));
    await expect(page.getByText("This file was loaded before, on")).toBeVisible();
    await expect(state(page)).toHaveText("Imported");
  });

  await test.step("another file with the same columns is recognised", async () => {
    await open("/uploads/new");
    await send(page, foreignLoans("kredite-november.csv", 13));
    await expect(state(page)).toHaveText("Imported", WORK);
    await expectCounts(page, { "Rows in the file": 12, Accepted: 11, Rejected: 1 });
  });

  await test.step("an import is undone", async () => {
    await page.getByText("Undo this import").click();
    await page.getByRole("button", { name: "Take back 11 rows" }).click();
    await expect(state(page)).toHaveText("Undone", WORK);
    await open("/loans");
    await expect(page.getByText(/^11 loans ·/)).toBeVisible();
  });
});

test("what cannot be used is told before anything is read", async ({ page, open, setUp, tolerate }) => {
  tolerate(/status of 422/);
  await setUp();
  await open("/uploads/new");
  await send(page, foreignLoans("kredite.csv", 1));
  await choose(page, "Kreditbetrag", "Loan amount");
  await choose(page, "Restschuld", "Loan amount");
  await page.getByRole("button", { name: "Check all rows" }).click();
  await expect(page.getByRole("alert")).toContainText("Loan amount is taken from two columns, Kreditbetrag and Restschuld");
  await expect(state(page)).toHaveText("To be mapped");
});

test("a file that is almost a known one says what it lacks, and which columns stand twice", async ({ page, open, setUp }) => {
  await setUp();
  await open("/uploads/new");
  const renamed = ([header, ...rows]: string[]) => [header.replace("Loan_Amount", "Interest_Rate"), ...rows];
  await send(page, madeUpLoans(12, renamed));
  await expect(state(page)).toHaveText("To be mapped");
  await expect(page.getByText(/^Almost a file of ".+": Loan_Amount is missing$/)).toBeVisible();
  await expect(page.getByText("Stands twice, as columns number 8 and 10")).toHaveCount(2);
});
