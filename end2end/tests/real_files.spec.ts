/** Files that nobody on this project made go in with the profile that knows them, and by hand; a script counts them, too. */
import { createHash } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { type Row, renamed, rowsOf } from "../delimited.js";
import { expect, expectHydrated, testFromEmpty as test } from "../fixtures.js";
import { type LoanFile, isShared, sharedFile } from "../loan_file.js";
import { WORK, expectCounts, send, state } from "../mapping.js";
import { count, records } from "../tables.js";

// The largest file has 30,000 rows, and is read twice where it is mapped by hand.
test.describe.configure({ timeout: 180_000 });

type Open = (address: string) => Promise<unknown>;

/** What a column holds: the label of a field, and how its cells are read where they do not say it by themselves. */
type Said = string | Answer;

interface Answer {
  field: string;
  dates?: string;
  follows?: string;
  meanings?: Record<string, string>;
  inPlaceOf?: Record<string, string>;
  times?: string;
  saysNothing?: string;
  negativeIsZero?: true;
}

/** What a script counts in a file. */
interface Counted {
  /** The lines of rows that are accepted with a warning, by what is odd about them. */
  odd: Record<string, number[]>;
  /** Loans by the code of their status. */
  statuses: Record<string, number>;
  /** The sums that are shown: over the file, and over what is accepted of it where that is another one. */
  totals: Record<string, number | [inFile: number, accepted: number]>;
}

/** A file of loans. */
interface Book {
  path: string;
  /** Whether a profile comes with the program. */
  isKnown: boolean;
  columns: Record<string, Said>;
  /** How many rows there are, and how many of them are odd, as was counted by other means; the script must find the same. */
  rows: number;
  odd: number;
  /** Some of what the page of the first loan must say, read off the file by eye. Ids that the file lacks begin with its hash. */
  first: { loan: string; facts: Record<string, string> };
  count: (rows: Row[]) => Counted;
}

const sum = (rows: Row[], name: string) => rows.reduce((all, row) => all + Number(row[name]), 0);

const having = (rows: Row[], name: string, ...values: string[]) => rows.filter((row) => values.includes(row[name])).length;

/** The lines of some rows, as an editor counts them: no cell of these files has a line break, and the header is the first. */
const linesOf = (rows: Row[], isMeant: (row: Row) => boolean) => rows.flatMap((row, place) => (isMeant(row) ? [place + 2] : []));

const NOTEBOOK: Book = {
  path: "notebook-loans.csv",
  isKnown: true,
  columns: {
    Borrower_ID: "Borrower id",
    Age: "Age",
    Gender: "Gender",
    Employment_Type: "Employment type",
    Monthly_Income: "Monthly income",
    Num_Dependents: "Dependants",
    Loan_ID: "Loan id",
    Loan_Amount: "Loan amount",
    Loan_Tenure: "Tenure",
    Interest_Rate: "Interest rate",
    Loan_Type: "Loan type",
    Collateral_Value: "Collateral value",
    Outstanding_Loan_Amount: "Outstanding amount",
    Monthly_EMI: "Monthly instalment",
    Payment_History: { field: "Payment history", meanings: { "On-Time": "On time", Delayed: "Delayed", Missed: "Missed" } },
    Num_Missed_Payments: "Missed payments",
    Days_Past_Due: "Days past due",
    Recovery_Status: {
      field: "Recovery status",
      meanings: { "Fully Recovered": "Fully recovered", "Partially Recovered": "Partially recovered", "Written Off": "Written off" },
    },
    Collection_Attempts: "Collection attempts",
    Collection_Method: "Collection method",
    Legal_Action_Taken: { field: "Legal action taken", meanings: { Yes: "Yes", No: "No" } },
  },
  rows: 500,
  odd: 0,
  first: { loan: "LN_1", facts: { Reference: "BRW_1", Age: "59 years", "Amount lent": "$1,445,796.00", Status: "Partially recovered" } },
  count: (rows) => ({
    odd: {},
    statuses: {
      fully_recovered: having(rows, "Recovery_Status", "Fully Recovered"),
      partially_recovered: having(rows, "Recovery_Status", "Partially Recovered"),
      written_off: having(rows, "Recovery_Status", "Written Off"),
    },
    totals: { "Loan amount": sum(rows, "Loan_Amount") },
  }),
};

/** It has no ids, a bill below zero is money that the bank owes, and months late are codes of which -2 and -1 say "not late". */
const CARDS: Book = {
  path: "uci-credit-card-default.csv",
  isKnown: true,
  columns: {
    LIMIT_BAL: "Loan amount",
    SEX: { field: "Gender", inPlaceOf: { 1: "Male", 2: "Female" } },
    MARRIAGE: { field: "Marital status", inPlaceOf: { 1: "Married", 2: "Single", 3: "Other" }, saysNothing: "0" },
    AGE: "Age",
    PAY_0: { field: "Days past due", times: "30", inPlaceOf: { "-2": "0", "-1": "0" } },
    BILL_AMT1: { field: "Outstanding amount", negativeIsZero: true },
    "default payment": { field: "Recovery status", meanings: { 1: "Written off", 0: "Fully recovered" } },
  },
  rows: 30_000,
  odd: 627,
  first: { loan: "-000001", facts: { Gender: "Female", "Days past due": "60", "Amount lent": "$20,000.00", Status: "Written off" } },
  count: (rows) => ({
    odd: {
      "is negative: 0 is taken": linesOf(rows, (row) => Number(row.BILL_AMT1) < 0),
      "is more than twice the loan amount": linesOf(rows, (row) => Number(row.BILL_AMT1) > 2 * Number(row.LIMIT_BAL)),
    },
    statuses: { fully_recovered: having(rows, "default payment", "0"), written_off: having(rows, "default payment", "1") },
    totals: {
      "Loan amount": sum(rows, "LIMIT_BAL"),
      "Outstanding amount": [sum(rows, "BILL_AMT1"), sum(rows.filter((row) => Number(row.BILL_AMT1) > 0), "BILL_AMT1")],
    },
  }),
};

/** Its dates are numbers of days, and some loans are paid in full and charged off at once. */
const SMALL_BUSINESSES: Book = {
  path: "sba-case.csv",
  isKnown: true,
  columns: {
    LoanNr_ChkDgt: "Loan id",
    Name: "Borrower's name",
    Term: "Tenure",
    ChgOffDate: { field: "Date of charge-off", dates: "Day number from 1960-01-01" },
    DisbursementDate: { field: "Date of origination", dates: "Day number from 1960-01-01" },
    DisbursementGross: "Loan amount",
    BalanceGross: "Outstanding amount",
    MIS_Status: { field: "Recovery status", meanings: { "P I F": "Fully recovered", CHGOFF: "Written off" } },
    ChgOffPrinGr: "Amount charged off",
  },
  rows: 2101,
  odd: 11,
  // 15095 days after 1 January 1960.
  first: {
    loan: "1004285007",
    facts: { Name: "SIMPLEX OFFICE SOLUTIONS", "Lent on": "30 Apr 2001", Status: "Fully recovered" },
  },
  count: (rows) => ({
    odd: {
      "says paid in full, yet the loan was charged off": linesOf(rows, (row) => row.MIS_Status === "P I F" && row.ChgOffDate !== ""),
    },
    statuses: { fully_recovered: having(rows, "MIS_Status", "P I F"), written_off: having(rows, "MIS_Status", "CHGOFF") },
    totals: { "Loan amount": sum(rows, "DisbursementGross") },
  }),
};

/** Of charged-off accounts it says what was expected to come in, and what did, but not what they owe. */
const RECOVERIES: Book = {
  path: "bank-recovery-strategies.csv",
  isKnown: false,
  columns: {
    id: "Loan id",
    expected_recovery_amount: "Keep as an extra column",
    actual_recovery_amount: "Amount recovered",
    recovery_strategy: "Collection method",
    age: "Age",
    sex: "Gender",
  },
  rows: 1882,
  odd: 0,
  first: { loan: "2030", facts: { Recovered: "$263.54", "Last method": "Level 0 Recovery", Age: "19 years", Gender: "Male" } },
  count: () => ({ odd: {}, statuses: {}, totals: {} }),
};

/** A file of which no profile knows a column, and what its columns hold. */
function disguised(file: LoanFile, said: Record<string, Said>): [LoanFile, Record<string, Said>] {
  const strange = (name: string) => `x_${name}`;
  return [renamed(file, strange), Object.fromEntries(Object.entries(said).map(([name, answer]) => [strange(name), answer]))];
}

/** Says of every column of a file what it holds; those that are not named here are not used. */
async function sayColumns(page: Page, file: LoanFile, said: Record<string, Said>): Promise<void> {
  const columns = page.getByRole("table", { name: `Fields of the columns of ${file.name}`, exact: true });
  const names = await columns.locator("tbody th").allTextContents();
  expect(names).toEqual(expect.arrayContaining(Object.keys(said)));
  // Columns that seem to be clear are out of sight at first.
  const all = page.getByRole("region", { name: `Columns of ${file.name}` }).getByText(/^All \d+$/);
  if (await all.isVisible()) await all.click();
  for (const [place, name] of names.entries()) {
    const row = columns.locator("tbody tr").nth(place);
    if (name === "No name") {
      await expect(row).toContainText("To use it, name it in the file.");
      continue;
    }
    const answer = said[name] ?? "Not used";
    await sayColumn(row, typeof answer === "string" ? { field: answer } : answer);
  }
}

/** Says that the rows of a file count of which a column says a word. */
async function sayRows(page: Page, file: LoanFile, column: string, word: string): Promise<void> {
  const card = page.getByRole("region", { name: `Columns of ${file.name}` });
  await card.getByText("Which rows count").click();
  await card.getByLabel(`Rows of ${file.name}`).selectOption(column);
  await card.getByLabel("Words that they have there").fill(word);
}

async function sayColumn(row: Locator, { field, follows, dates, meanings, ...more }: Answer): Promise<void> {
  await row.getByLabel("Field for ").selectOption({ label: field });
  if (follows) await row.getByLabel("Links that ").selectOption({ label: follows });
  if (dates) await row.getByLabel("How dates in ").selectOption({ label: dates });
  for (const [word, label] of Object.entries(meanings ?? {})) await row.getByLabel(`Meaning of ${word} in `).selectOption({ label });
  if (Object.keys(more).length === 0) return;
  const { inPlaceOf, times, saysNothing, negativeIsZero } = more;
  await row.locator("summary").click();
  for (const [word, other] of Object.entries(inPlaceOf ?? {})) await row.getByLabel(`In place of "${word}"`).fill(other);
  if (times) await row.getByLabel("Multiply numbers by").fill(times);
  if (saysNothing) await row.getByLabel("Texts that say nothing").fill(saysNothing);
  if (negativeIsZero) await row.getByLabel("Negative numbers count as 0").check();
}

/** Has all rows checked, and loads the accepted ones. */
async function checkAndLoad(page: Page, counts: Record<string, number>): Promise<void> {
  await page.getByRole("button", { name: "Check all rows" }).click();
  await expect(state(page)).toHaveText("Checked", WORK);
  await expectCounts(page, counts);
  await page.getByRole("button", { name: `Load ${count(counts.Accepted)} rows`, exact: true }).click();
}

/** The rows of empty databases are new. */
async function expectImported(page: Page, counts: Record<string, number>, { odd, totals }: Counted): Promise<void> {
  await expect(state(page)).toHaveText("Imported", WORK);
  await expectCounts(page, counts);
  await expect(page.getByText(`Of the accepted rows ${count(counts.Accepted)} were new, 0 changed`)).toBeVisible();
  const shown = await records(page.getByRole("table", { name: "Control totals" }));
  for (const [name, total] of Object.entries(totals)) {
    const [inFile, accepted] = typeof total === "number" ? [total, total] : total;
    const amount = (number: number) => `${count(number)}.00`.replace("-", "\u2212");
    const row = { "In the file": amount(inFile), Accepted: amount(accepted), "Left out": amount(inFile - accepted) };
    expect(shown).toContainEqual({ Total: `${name}, $`, ...row });
  }
  await expectOdd(page, odd);
}

async function expectOdd(page: Page, odd: Counted["odd"]): Promise<void> {
  const warned = page.getByRole("region", { name: "Result" }).getByText(/ with a warning$/);
  const lines = Object.values(odd).flat();
  if (lines.length === 0) return expect(warned).toBeHidden();
  await expect(warned).toHaveText(`${count(new Set(lines).size)} with a warning`);
  await page.getByText(`Show the ${count(lines.length)} findings`).click();
  const warnings = await records(page.getByRole("table", { name: "Warnings" }));
  for (const [reason, lines] of Object.entries(odd)) {
    expect(warnings.filter((row) => row.Reason === reason).map((row) => row.Line), reason).toEqual(lines.map(count));
  }
}

async function expectLoans(page: Page, open: Open, loans: number, { statuses }: Counted): Promise<void> {
  const wanted = { "/loans": loans, ...Object.fromEntries(Object.entries(statuses).map(([code, of]) => [`/loans?status=${code}`, of])) };
  for (const [address, of] of Object.entries(wanted)) {
    await open(address);
    await expect(page.getByText(new RegExp(`^${count(of)} loans ·`)), address).toBeVisible();
  }
}

async function expectLoan(page: Page, open: Open, { loan, facts }: Book["first"]): Promise<void> {
  await open(`/loans?text=${loan}`);
  await page.getByRole("link", { name: loan, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Loan ${loan}`);
  for (const [name, value] of Object.entries(facts)) {
    const fact = page.locator("dl > div", { has: page.getByText(name, { exact: true }) });
    await expect(fact.locator("dd").first(), name).toHaveText(value);
  }
}

for (const book of [NOTEBOOK, CARDS, SMALL_BUSINESSES, RECOVERIES]) {
  for (const way of book.isKnown ? ["with its profile", "by hand"] : ["by hand"]) {
    test(`${book.path} goes in ${way} @hydrated`, async ({ page, open, setUp }) => {
      test.skip(!isShared(book.path), `there is no ../shared/data/${book.path}`);
      const file = await sharedFile(book.path);
      const rows = rowsOf(file);
      const counted = book.count(rows);
      expect([rows.length, Object.values(counted.odd).flat().length]).toEqual([book.rows, book.odd]);
      const counts = { "Rows in the file": rows.length, Accepted: rows.length, Rejected: 0 };
      await setUp();
      await open("/uploads/new");
      const [sent, columns] = book.isKnown && way === "by hand" ? disguised(file, book.columns) : [file, book.columns];
      if (way === "by hand") {
        await send(page, sent);
        await expect(state(page)).toHaveText("To be mapped");
        await sayColumns(page, sent, columns);
        await checkAndLoad(page, counts);
      } else {
        await send(page, file);
      }
      await expectImported(page, counts, counted);
      await expectLoans(page, open, rows.length, counted);
      const made = createHash("sha256").update(sent.buffer).digest("hex").slice(0, 8);
      const loan = book.first.loan.replace(/^-/, `${made}-`);
      await expectLoan(page, open, { ...book.first, loan });
    });
  }
}

test.describe("the Czech bank @hydrated", () => {
  const BUNDLE = ["Account", "Client", "Disp", "Loan", "trnx_16"].map((name) => `berka/${name}.csv`);
  /** What the bundle holds, by our own count. */
  const counting = (files: LoanFile[]) => {
    const [, clients, , loans, transactions] = files.map(rowsOf);
    const accounts = new Set(loans.map((loan) => loan.account_id));
    const payments = transactions.filter((row) => row.Purpose === "Loan Payment" && accounts.has(row.account_id));
    const accepted = clients.length + loans.length + payments.length;
    const passedOver = transactions.length - payments.length;
    const counts = { "Rows in the files": accepted + passedOver, Accepted: accepted, Rejected: 0, "Passed over": passedOver };
    const statuses = {
      fully_recovered: having(loans, "status", "A"),
      written_off: having(loans, "status", "B"),
      open: having(loans, "status", "C", "D"),
    };
    const totals = { "Loan amount": sum(loans, "amount"), "Amount paid": sum(payments, "amount") };
    return { counts, counted: { odd: {}, statuses, totals }, loans };
  };

  test.beforeEach(() => {
    test.skip(!BUNDLE.every(isShared), "there is no ../shared/data/berka");
  });

  test("goes in with its profile, which joins loans to clients and payments", async ({ page, open, setUp }) => {
    const files = await Promise.all(BUNDLE.map(sharedFile));
    const { counts, counted, loans } = counting(files);
    expect([loans.length, counts.Accepted, counts["Passed over"]]).toEqual([682, 5369 + 682 + 40, 28_165]);
    await setUp();
    await open("/uploads/new");
    await send(page, ...files);
    // The files of accounts and of who may use them tell nothing of their own.
    await expectImported(page, counts, counted);
    await expectLoans(page, open, loans.length, counted);
    // Account 1787 is used by the client of the same number, yet client 2166 owns it: 475722, a woman of 22 July 1947.
    const facts = { Reference: "2166", "Born on": "22 Jul 1947", Gender: "Female", "Lent on": "5 Jul 1993" };
    await expectLoan(page, open, { loan: "5314", facts });
    // Account 1801 paid 4,610 on the 12th of July to December 2016.
    await open("/loans?text=5316");
    await page.getByRole("link", { name: "5316", exact: true }).click();
    await expect(page.getByRole("table", { name: "Payments of the loan" })).toBeVisible();
    expect((await records(page.getByRole("table", { name: "Payments of the loan" }))).length).toBe(6);
  });

  // A person cannot say on the page that a column holds two fields, so that the clients stay without their gender.
  test("goes in by hand, joined by what its files share", async ({ page, open, setUp }) => {
    const files = await Promise.all(BUNDLE.map(sharedFile));
    const { counts, counted, loans } = counting(files);
    const [client, clientColumns] = disguised(files[1], {
      client_id: "Borrower id",
      birth_number: { field: "Date of birth", dates: "YYMMDD, a woman's month plus 50" },
    });
    const [loan, loanColumns] = disguised(files[3], {
      loan_id: "Loan id",
      account_id: { field: "Borrower id", follows: "Follows the links of disp" },
      date: { field: "Date of origination", dates: "YYMMDD" },
      amount: "Loan amount",
      duration: "Tenure",
      payments: "Monthly instalment",
      status: { field: "Recovery status", meanings: { A: "Fully recovered", B: "Written off", C: "Open", D: "Open" } },
    });
    const [account] = disguised(files[0], {});
    const [transaction, transactionColumns] = disguised(files[4], {
      trans_id: "Payment id",
      account_id: { field: "Loan id", follows: "Follows the links of loan by x_account_id" },
      Date: "Date of payment",
      amount: "Amount paid",
    });
    const [disposition, dispositionColumns] = disguised(files[2], {
      account_id: "Id that stands in the other file",
      client_id: "Id that it stands for",
    });
    await setUp();
    await open("/uploads/new");
    await send(page, account, client, disposition, loan, transaction);
    await expect(state(page)).toHaveText("To be mapped");
    for (const [place, file] of [account, client, disposition, loan, transaction].entries()) {
      if (file === client || file === loan) continue;
      const kind = file === disposition ? "links" : file === transaction ? "payments" : "left-out";
      await page.getByLabel(`Kind of ${file.name}`).selectOption(kind);
      // The page lays the columns out anew with each choice.
      await expect(page).toHaveURL(new RegExp(`kind-${place}=${kind}`));
      await expectHydrated(page);
    }
    await expect(page.getByLabel(`Kind of ${client.name}`)).toHaveValue("borrowers");
    await expect(page.getByLabel(`Kind of ${loan.name}`)).toHaveValue("loans");
    await sayColumns(page, client, clientColumns);
    await sayColumns(page, disposition, dispositionColumns);
    // The owners of accounts alone, and of what moved on them the payments of loans alone.
    await sayRows(page, disposition, "x_type", "OWNER");
    await sayColumns(page, loan, loanColumns);
    await sayColumns(page, transaction, transactionColumns);
    await sayRows(page, transaction, "x_Purpose", "Loan Payment");
    await checkAndLoad(page, counts);
    await expectImported(page, counts, counted);
    await expectLoans(page, open, loans.length, counted);
    await open("/loans?text=5316");
    await page.getByRole("link", { name: "5316", exact: true }).click();
    expect((await records(page.getByRole("table", { name: "Payments of the loan" }))).length).toBe(6);
    await expectLoan(page, open, { loan: "5314", facts: { Reference: "2166", "Born on": "22 Jul 1947", "Amount lent": "$96,396.00", "Lent on": "5 Jul 1993", Status: "Written off" } });
  });
});
