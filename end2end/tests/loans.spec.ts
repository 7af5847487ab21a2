import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.js";
import { column } from "../tables.js";

const loans = (page: Page) => page.getByRole("table", { name: "Loans", exact: true });
const filters = (page: Page) => page.getByRole("form", { name: "Filters" });
const number = (text: string) => Number(text.replaceAll(",", ""));

/** Until every loan of the page has this word in this column. */
async function expectOnly(page: Page, head: string, word: string): Promise<void> {
  await expect.poll(async () => [...new Set(await column(loans(page), head))]).toEqual([word]);
}

test("filters by track, status, segment and text stand in the address, and stay over reload and back", async ({ page, as, open }) => {
  await as("lead");
  await open("/loans");
  const asked = () => new URL(page.url()).searchParams;

  await filters(page).getByLabel("Track").selectOption("Settlement");
  await filters(page).getByRole("button", { name: "Apply" }).click();
  await expectOnly(page, "Track", "Settlement");
  expect(asked().get("track")).toBe("settlement");

  await filters(page).getByLabel("Status").selectOption("Written off");
  await filters(page).getByRole("button", { name: "Apply" }).click();
  await expectOnly(page, "Status", "Written off");
  await expectOnly(page, "Track", "Settlement");
  expect([asked().get("track"), asked().get("status")]).toEqual(["settlement", "written_off"]);

  const segment = filters(page).getByLabel("Segment");
  const name = await segment.getByRole("option").nth(1).innerText();
  await segment.selectOption(name);
  await filters(page).getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/segment=\d/);
  await expectOnly(page, "Segment", name);

  await page.reload();
  await expectOnly(page, "Segment", name);
  await expect(filters(page).getByLabel("Track")).toHaveValue("settlement");
  await expect(filters(page).getByLabel("Status")).toHaveValue("written_off");

  await page.goBack();
  await expect(page).not.toHaveURL(/segment=\d/);
  await expectOnly(page, "Status", "Written off");
  await expect.poll(async () => new Set(await column(loans(page), "Segment")).size).toBeGreaterThan(1);

  await filters(page).getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL("/loans");
  await expect.poll(async () => new Set(await column(loans(page), "Status")).size).toBeGreaterThan(1);
});

test("the address of a filter holds what is asked for and no more @hydrated", async ({ page, as, open }) => {
  await as("lead");
  await open("/loans?sort=outstanding");
  await filters(page).getByLabel("Track").selectOption("Legal action");
  await filters(page).getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL("/loans?track=legal&sort=outstanding");
  await filters(page).getByLabel("Track").selectOption("All tracks");
  await filters(page).getByLabel("Loan or borrower").fill("LN_1");
  await filters(page).getByLabel("Loan or borrower").press("Enter");
  await expect(page).toHaveURL("/loans?text=LN_1&sort=outstanding");
});

test("a text finds loans and borrowers in any case", async ({ page, as, open }) => {
  await as("lead");
  await open("/loans");
  const [loan, borrower] = [(await column(loans(page), "Loan"))[3], (await column(loans(page), "Borrower"))[3]];
  for (const text of [loan.toLowerCase(), borrower]) {
    await filters(page).getByLabel("Loan or borrower").fill(text);
    await filters(page).getByRole("button", { name: "Apply" }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get("text")).toBe(text);
    const found = () => column(loans(page), text === borrower ? "Borrower" : "Loan");
    await expect.poll(async () => (await found()).filter((cell) => !cell.toLowerCase().includes(text.toLowerCase()))).toEqual([]);
    expect(await column(loans(page), "Loan")).toContain(loan);
  }
});

test("the search of the bar finds a loan from any page", async ({ page, as, open, ask }) => {
  const loan = /href="\/loans\/\d+">([^<]+)</.exec(await ask("lead", "/loans?sort=outstanding"))?.[1] ?? "no loan";
  await as("lead");
  await open("/dashboard");
  const search = page.getByRole("search").getByLabel("Search loans and borrowers");
  await search.fill(loan);
  await search.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/loans\\?text=${loan}$`));
  await expect.poll(async () => column(loans(page), "Loan")).toContain(loan);
});

test("nothing matches: the page says so and leads back", async ({ page, as, open }) => {
  await as("lead");
  await open("/loans?text=no-such-loan");
  await expect(page.getByRole("heading", { name: "No loans match these filters" })).toBeVisible();
  await page.getByRole("region", { name: "Loans" }).getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL("/loans");
  await expect(loans(page)).toBeVisible();
});

test("nonsense in the address counts as not asked for", async ({ page, as, open }) => {
  await as("lead");
  expect((await open("/loans?track=x'--&segment=two&page=0&sort=drop&order=&text=%20")).status()).toBe(200);
  expect(await column(loans(page), "Loan")).toHaveLength(25);
});

test("a click on a head sorts, and a second one turns the order round", async ({ page, as, open }) => {
  await as("lead");
  await open("/loans");
  const head = (name: string) => loans(page).getByRole("columnheader", { name });
  await expect(head("Score")).toHaveAttribute("aria-sort", "descending");

  await head("Outstanding").getByRole("link").click();
  await expect(page).toHaveURL("/loans?sort=outstanding");
  await expect(head("Outstanding")).toHaveAttribute("aria-sort", "descending");
  const down = (await column(loans(page), "Outstanding, $")).map(number);
  expect(down).toEqual([...down].sort((a, b) => b - a));

  await head("Outstanding").getByRole("link").click();
  await expect(page).toHaveURL("/loans?sort=outstanding&order=up");
  await expect(head("Outstanding")).toHaveAttribute("aria-sort", "ascending");
  const up = (await column(loans(page), "Outstanding, $")).map(number);
  expect(up).toEqual([...up].sort((a, b) => a - b));
  expect(up[0]).toBeLessThan(down[0]);

  await page.goBack();
  await expect(head("Outstanding")).toHaveAttribute("aria-sort", "descending");
});

test("pages go on and back, and keep filter and order", async ({ page, as, open }) => {
  await as("lead");
  await open("/loans?track=standard&sort=loan&order=up");
  const pages = page.getByRole("navigation", { name: "Pages" });
  await expect(pages).toContainText(/^1–25 of [\d,]+ loans/);
  await expect(pages.getByRole("link", { name: "Previous" })).toHaveCount(0);
  const first = await column(loans(page), "Loan");

  await pages.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL("/loans?track=standard&sort=loan&order=up&page=2");
  await expect(pages).toContainText(/^26–50 of/);
  const second = await column(loans(page), "Loan");
  expect(second.filter((loan) => first.includes(loan))).toEqual([]);
  await expectOnly(page, "Track", "Standard");

  await page.reload();
  await expect(pages).toContainText(/^26–50 of/);
  await pages.getByRole("link", { name: "Previous" }).click();
  await expect(pages).toContainText(/^1–25 of/);
  expect(await column(loans(page), "Loan")).toEqual(first);
});

test("a loan shows its score, flag and track, and the versions that decided", async ({ page, as, open }) => {
  await as("lead");
  await open("/loans?track=legal");
  const row = loans(page).getByRole("row").nth(1);
  const [score] = await column(loans(page), "Score");
  const [flag] = await column(loans(page), "High risk");
  const [segment] = await column(loans(page), "Segment");
  const loan = await row.getByRole("link").innerText();
  await row.getByRole("link").click();

  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Loan ${loan}`);
  const decision = page.getByRole("region", { name: `Why is loan ${loan} on the legal action track?` });
  await expect(decision).toContainText(/Decided .* UTC · policy 1 · model 1/);
  const exact = /The score is (\d\.\d{3})/.exec(await decision.innerText())?.[1];
  expect(exact).toBe(score);
  await expect(decision).toContainText(`The loan belongs to the segment ${segment}.`);
  const fact = (name: string) => decision.locator("dl > div", { has: page.locator("dt", { hasText: name }) }).locator("dd").first();
  await expect(fact("Track")).toHaveText("Legal action");
  await expect(fact("High-risk flag")).toHaveText(flag === "High" ? "Yes" : "No");
  await expect(decision).toContainText(/Its (score|segment) is .*(high risk|above 0\.75)/);
  for (const name of ["Loan", "Borrower", "Collection so far"]) {
    await expect(page.getByRole("region", { name, exact: true })).toBeVisible();
  }
});

test("an agent sees only loans of the team's track", async ({ page, as, open, ask, tolerate }) => {
  tolerate(/status of 404/);
  const other = /href="(\/loans\/\d+)"/.exec(await ask("lead", "/loans?track=standard"))?.[1] ?? "no loan";
  await as("agent");
  await open("/loans");
  await expectOnly(page, "Track", "Legal action");
  expect((await open(other)).status()).toBe(404);
  await expect(page.getByRole("alert")).toContainText("There is no such loan.");
  await open("/loans?track=standard");
  await expect(page.getByRole("heading", { name: "No loans match these filters" })).toBeVisible();
});
