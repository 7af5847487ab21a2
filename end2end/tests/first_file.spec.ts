/** From an empty database to the dashboard: its numbers are those that the command line prints for the same file. */
import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { FIRST_ADMIN, expect, expectAccessible, fillSignIn, testFromEmpty as test } from "../fixtures.js";
import { type Analysis, type LoanFile, analyze, madeUpLoans, notebookLoans, withCell } from "../loan_file.js";
import { column, count, records } from "../tables.js";

const TRACKS = { legal: "Legal action", settlement: "Settlement", standard: "Standard" } as const;
const RISKS = { high: "High", medium: "Medium", low: "Low" } as const;
const STRATEGIES = {
  high: "Legal action and intensive recovery",
  medium: "Settlement offers and flexible options",
  low: "Automated reminders and monitoring",
} as const;

/** A job takes seconds; on a busy machine, more. */
const WORK = { timeout: 90_000 };

test.describe.configure({ timeout: 180_000 });

async function load(page: Page, file: LoanFile): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: "Load files" }).click();
  await page.getByLabel("Files", { exact: true }).setInputFiles(file);
  await page.getByRole("button", { name: "Send files" }).click();
  await expect(page).toHaveURL(/\/uploads\/\d+$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(file.name);
}

/** Waits until a file is imported, and checks its counts. */
async function expectImported(page: Page, rows: number, rejected: number): Promise<void> {
  const result = page.getByRole("region", { name: "Result" });
  await expect(result).toBeVisible(WORK);
  for (const [name, figure] of [["Rows in the file", rows], ["Accepted", rows - rejected], ["Rejected", rejected]] as const) {
    const part = result.locator("dl > div", { has: page.locator("dt", { hasText: name }) });
    await expect(part.locator("dd").first(), name).toHaveText(count(figure));
  }
}

async function train(page: Page, target: "segment-proxy" | "observed"): Promise<void> {
  await page.getByLabel("Features", { exact: true }).selectOption("reference");
  await page.getByLabel("Learns from").selectOption(target);
  await page.getByRole("button", { name: "Train and score" }).click();
}

const training = (page: Page) => page.getByRole("status").filter({ hasText: "Training" });

/** Without scripts the page looks again by itself, too. */
async function expectTrained(page: Page): Promise<void> {
  await expect(training(page)).toContainText("Done", WORK);
}

/** One of the dashboard's headline figures, with its notes. */
const figure = (page: Page, name: string) =>
  page.getByRole("region", { name: "Headline figures" }).locator("dl > div", { has: page.locator("dt", { hasText: name }) });

async function expectDashboardOf(page: Page, analysis: Analysis): Promise<void> {
  const { segmentation, model, tracks } = analysis;
  const loans = analysis.rows - analysis.rejected;
  await expect(page.getByText(`${count(loans)} loans on file`)).toBeVisible();
  await expect(figure(page, "Outstanding")).toContainText(`${count(loans)} loans`);
  await expect(figure(page, "High risk")).toContainText(`${count(analysis.high_risk)} loans`);
  await expect(figure(page, "Legal action").locator(".value")).toHaveText(`${count(tracks.legal)} loans`);
  await expect(figure(page, "Legal action")).toContainText(`of ${count(loans)} decided`);
  await expect(figure(page, "Model AUC").locator(".value")).toHaveText(model.auc.toFixed(3));
  await expect(figure(page, "Model AUC")).toContainText(`${count(model.test_rows)} held-out loans, model 1`);
  for (const [code, label] of Object.entries(TRACKS) as [keyof typeof TRACKS, string][]) {
    await expect(page.getByRole("link", { name: `${count(tracks[code])} are on the ${label.toLowerCase()} track` })).toBeVisible();
  }

  const shown = await records(page.getByRole("table", { name: "Borrower segments" }));
  const wanted = segmentation.segments.map(({ id, name, size, risk }) => ({
    Segment: String(id),
    Description: name,
    "Risk level": RISKS[risk],
    "Recovery strategy": STRATEGIES[risk],
    Loans: count(size),
  }));
  const bySegment = (a: { Segment?: string }, b: { Segment?: string }) => Number(a.Segment) - Number(b.Segment);
  expect(shown.sort(bySegment)).toMatchObject(wanted.sort(bySegment));
}

async function expectStrategiesOf(page: Page, { tracks }: Analysis): Promise<void> {
  for (const [code, label] of Object.entries(TRACKS) as [keyof typeof TRACKS, string][]) {
    const lane = page.getByRole("region", { name: label, exact: true });
    await expect(lane.getByRole("link", { name: count(tracks[code]), exact: true })).toHaveAttribute("href", `/loans?track=${code}`);
    const bands = await page.getByRole("table", { name: "Loans by risk score and track", includeHidden: true });
    const inBands = (await column(bands, label)).map((cell) => Number(cell.replaceAll(",", "")));
    expect(inBands.reduce((sum, loans) => sum + loans, 0), `${label} in the histogram`).toBe(tracks[code]);
  }
}

test("from the one-time link to a dashboard with the numbers of the command line", async ({ page, open, emptyServer, tolerate, javaScriptEnabled }, testInfo) => {
  tolerate(/status of 422/);
  const file = await notebookLoans();
  const path = testInfo.outputPath(file.name);
  await writeFile(path, file.buffer);
  const analysis = await analyze(path, "--features", "reference", "--target", "segment-proxy");

  await test.step("the link makes the first administrator", async () => {
    await open(emptyServer.setupLink());
    if (javaScriptEnabled) await expectAccessible(page);
    await fillSetUp(page);
    await expect(page).toHaveURL("/uploads");
  });

  await test.step("the link does not work twice", async () => {
    await open(emptyServer.setupLink());
    await fillSetUp(page);
    await expect(page.getByRole("alert")).toContainText("This link is not valid any more.");
  });

  await test.step("before the first file the dashboard says what comes next", async () => {
    await open("/dashboard");
    await expect(page.getByRole("heading", { level: 2, name: "No loans yet" })).toBeVisible();
    await page.getByRole("link", { name: "Load a file" }).click();
    await expect(page).toHaveURL("/uploads");
    await expect(page.getByRole("heading", { level: 2, name: "No files yet" })).toBeVisible();
    await expect(page.getByText("There are no loans on file yet: load a file first.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Train and score" })).toBeDisabled();
  });

  await test.step("a file is loaded", async () => {
    await load(page, file);
    await expectImported(page, analysis.rows, analysis.rejected);
    if (javaScriptEnabled) await expectAccessible(page);
    await page.getByRole("link", { name: "Go on to Train and score" }).click();
    await expect(page).toHaveURL("/uploads#training");
    const [sent] = await records(page.getByRole("table", { name: "Loan files so far" }));
    expect(sent).toMatchObject({ File: file.name, State: "Imported", Rows: count(analysis.rows), Rejected: count(analysis.rejected) });
  });

  await test.step("a model is trained", async () => {
    await train(page, "segment-proxy");
    await expectTrained(page);
    await expect(page.getByText("Model 1, champion.")).toBeVisible();
    if (javaScriptEnabled) await expectAccessible(page);
  });

  await test.step("the dashboard shows the same numbers", async () => {
    await page.getByRole("link", { name: "Dashboard" }).click();
    await expect(page).toHaveURL("/dashboard");
    await expectDashboardOf(page, analysis);
    await expect(page.getByRole("note").filter({ hasText: "Proxy: learned from segments, not from outcomes." })).toBeVisible();
  });

  await test.step("the strategies do, too", async () => {
    await page.getByRole("link", { name: "Strategies" }).click();
    await expect(page).toHaveURL("/strategies");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Strategies");
    await expectStrategiesOf(page, analysis);
  });
});

async function fillSetUp(page: Page): Promise<void> {
  await page.getByLabel("Portfolio name").fill(FIRST_ADMIN.portfolio);
  await page.getByLabel("Currency of its amounts").selectOption(FIRST_ADMIN.currency);
  await page.getByLabel("Your name").fill(FIRST_ADMIN.name);
  await page.getByLabel("Email").fill(FIRST_ADMIN.email);
  await page.getByLabel("Password").fill(FIRST_ADMIN.password);
  await page.getByRole("button", { name: "Set up and sign in" }).click();
}

test("a closed tab and a restarted server lose neither file nor training nor session", async ({ page, context, open, setUp, emptyServer }) => {
  const rows = 3000;
  await setUp();
  await open("/uploads");
  await load(page, madeUpLoans(rows));
  const address = page.url();
  await page.close();
  await emptyServer.restart();

  const second = await context.newPage();
  await open(address, second);
  await expectImported(second, rows, 0);
  await open("/uploads", second);
  await train(second, "segment-proxy");
  await expect(training(second)).toBeVisible();
  await second.close();
  await emptyServer.restart();

  const third = await context.newPage();
  await open("/uploads", third);
  await expectTrained(third);
  await open("/dashboard", third);
  await expect(figure(third, "Legal action")).toContainText(`of ${count(rows)} decided`);
  await expect(third.getByText(FIRST_ADMIN.name)).toBeVisible();
});

test("a file that cannot be read is refused by name, and nothing of it is stored", async ({ page, open, setUp, javaScriptEnabled }) => {
  await setUp();
  await open("/uploads");
  const cut = gzipSync(madeUpLoans(20).buffer).subarray(0, 300);
  await load(page, { name: "cut.csv.gz", mimeType: "application/gzip", buffer: cut });
  const summary = page.getByRole("alert");
  await expect(summary).toBeVisible(WORK);
  await expect(summary.getByRole("heading")).toHaveText("This file was refused; nothing of it was stored");
  await expect(summary).toContainText("cut.csv.gz");
  await expect(page.getByRole("region", { name: "Result" })).toHaveCount(0);
  if (javaScriptEnabled) await expectAccessible(page);

  await open("/uploads");
  const [sent] = await records(page.getByRole("table", { name: "Loan files so far" }));
  expect(sent).toMatchObject({ File: "cut.csv.gz", State: "Refused", Accepted: "—" });
  await open("/loans");
  await expect(page.getByRole("heading", { level: 2, name: "No loans yet" })).toBeVisible();
});

test("no file chosen: the browser asks for one", async ({ page, open, setUp }) => {
  await setUp();
  await open("/uploads/new");
  await page.getByRole("button", { name: "Send files" }).click();
  await expect(page).toHaveURL("/uploads/new");
  await expect(page.locator("#file:invalid")).toBeVisible();
});

test("rows that cannot be used are listed with line, column, value and reason", async ({ page, open, setUp, javaScriptEnabled }) => {
  const spoilt = madeUpLoans(30, (lines) => {
    const texts = withCell(lines, 4, "Age", "forty");
    const negative = withCell(texts, 9, "Loan_Amount", "-5");
    const doubled = withCell(negative, 12, "Loan_ID", "LN_1");
    return doubled.map((line, index) => (index === 14 ? "BRW_14,40" : line));
  });
  await setUp();
  await open("/uploads");
  await load(page, spoilt);
  await expectImported(page, 30, 4);
  const rejected = await records(page.getByRole("table", { name: "Rejected rows" }));
  expect(rejected).toEqual([
    { Line: "4", Column: "Age", Value: "forty", Reason: expect.stringContaining("is not a number") },
    { Line: "9", Column: "Loan_Amount", Value: "-5", Reason: expect.stringContaining("is negative") },
    { Line: "12", Column: "Loan_ID", Value: "LN_1", Reason: expect.stringContaining("stands on line 2 already") },
    { Line: "15", Column: "whole row", Value: "BRW_14", Reason: expect.stringContaining("the row has 2 fields, but the header has 21") },
  ]);
  if (javaScriptEnabled) await expectAccessible(page);

  await open("/loans");
  await expect(page.getByText(/^26 loans ·/)).toBeVisible();
});

test("a model that is not better than chance is told in words, and decides nothing", async ({ page, open, setUp }) => {
  const file = await notebookLoans();
  await setUp();
  await open("/uploads");
  await load(page, file);
  await expect(page.getByRole("region", { name: "Result" })).toBeVisible(WORK);
  await open("/uploads");
  await train(page, "observed");
  await expectTrained(page);
  await expect(page.getByText("Model 1, candidate.")).toBeVisible();
  await expect(page.getByText(/not better than chance/i)).not.toHaveCount(0);

  await open("/dashboard");
  await expect(page.getByText("No loan has a decision yet.")).toBeVisible();
  await expect(figure(page, "Model AUC")).toContainText("no model in use yet");
  await expect(page.getByRole("table", { name: "Borrower segments" })).toHaveCount(0);
  await open("/strategies");
  await expect(page.getByRole("heading", { level: 2, name: "No decisions yet" })).toBeVisible();
});

test("what was signed in before the restart signs in again", async ({ page, open, setUp, emptyServer }) => {
  await setUp();
  await page.context().clearCookies();
  await emptyServer.restart();
  await open("/login");
  await fillSignIn(page, FIRST_ADMIN.email, FIRST_ADMIN.password);
  await expect(page).toHaveURL("/dashboard");
});
