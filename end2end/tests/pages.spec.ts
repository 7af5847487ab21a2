/** Every page for everybody who may open it: status, heading, accessibility, width, a silent console, charts. */
import type { Page } from "@playwright/test";
import { type Role, ROLES, expect, expectAccessible, expectNoOverflow, test } from "../fixtures.js";
import { count, records } from "../tables.js";

interface PageOf {
  address: string;
  heading: string | RegExp;
  roles: Role[];
}

const LOANS_OF_THE_DEMO = 5000;

const MANAGERS: Role[] = ["admin", "executive", "lead"];
const PAGES: PageOf[] = [
  { address: "/dashboard", heading: "Recovery performance", roles: MANAGERS },
  { address: "/strategies", heading: "Strategies", roles: MANAGERS },
  { address: "/strategies/1", heading: "Policy 1", roles: MANAGERS },
  { address: "/segments", heading: "Segments", roles: MANAGERS },
  { address: "/models", heading: "Models", roles: MANAGERS },
  { address: "/loans", heading: "Loans", roles: ROLES },
  { address: "/loans/:id", heading: /^Loan \S+$/, roles: ROLES },
  { address: "/queue", heading: "Work queue", roles: ["admin", "lead", "agent"] },
  { address: "/alerts", heading: "Alerts", roles: ROLES },
  { address: "/uploads", heading: "Loan files", roles: ["admin"] },
  { address: "/uploads/new", heading: "Load files", roles: ["admin"] },
  { address: "/uploads/:id", heading: "demo-loans.csv", roles: ["admin"] },
];

/** The address with the id of the first loan or file that the role sees. */
async function filledIn(address: string, role: Role, ask: (role: Role, address: string) => Promise<string>): Promise<string> {
  if (!address.endsWith("/:id")) return address;
  const list = address.replace("/:id", "");
  const id = new RegExp(`href="${list}/(\\d+)"`).exec(await ask(role, list))?.[1];
  if (!id) throw new Error(`${list} links to nothing`);
  return `${list}/${id}`;
}

/** The tables that stand for charts belong to the page, too. */
async function openDetails(page: Page): Promise<void> {
  for (const summary of await page.locator("details > summary").all()) await summary.click();
}

async function expectSound(page: Page, heading: string | RegExp, javaScriptEnabled = false): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
  await expectNoOverflow(page);
  await openDetails(page);
  await expectNoOverflow(page);
  if (javaScriptEnabled) await expectAccessible(page);
}

for (const { address, heading, roles } of PAGES) {
  for (const role of ROLES) {
    if (roles.includes(role)) {
      test(`${address} is sound for the ${role}`, async ({ page, as, ask, open, javaScriptEnabled }) => {
        await as(role);
        expect((await open(await filledIn(address, role, ask))).status()).toBe(200);
        await expect(page.getByRole("note").filter({ hasText: "Demo." })).toBeVisible();
        await expectSound(page, heading, javaScriptEnabled);
      });
    } else if (!address.endsWith("/:id")) {
      test(`${address} is closed to the ${role}`, async ({ page, as, open, tolerate }) => {
        tolerate(/status of 403/);
        await as(role);
        expect((await open(address)).status()).toBe(403);
        await expect(page.getByRole("alert")).toContainText("Your role does not open this page.");
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("No access");
        await expect(page.getByRole("main").locator("form")).toHaveCount(0);
        await expect(page.getByRole("navigation", { name: "Main" }).locator(`a[href="${address}"]`)).toHaveCount(0);
      });
    }
  }
}

test("the sign-in page is sound", async ({ page, open, javaScriptEnabled }) => {
  expect((await open("/login")).status()).toBe(200);
  await expectSound(page, "Sign in", javaScriptEnabled);
});

test("an address without a page says so", async ({ page, as, open, tolerate, javaScriptEnabled }) => {
  tolerate(/status of 404/);
  await as("lead");
  expect((await open("/no-such-page")).status()).toBe(404);
  await expect(page.getByRole("alert")).toContainText("There is no such page.");
  await expectSound(page, "Not found", javaScriptEnabled);
});

test("a loan that is not there says so", async ({ page, as, open, tolerate, javaScriptEnabled }) => {
  tolerate(/status of 404/);
  await as("lead");
  for (const id of ["999999999", "no-number"]) {
    expect((await open(`/loans/${id}`)).status()).toBe(404);
    await expect(page.getByRole("alert")).toContainText("There is no such loan.");
  }
  await expectNoOverflow(page);
  if (javaScriptEnabled) await expectAccessible(page);
});

test("a page that the role may not open is accessible @hydrated", async ({ page, as, open, tolerate }) => {
  tolerate(/status of 403/);
  await as("agent");
  await open("/dashboard");
  await expectNoOverflow(page);
  await expectAccessible(page);
});

test("the navigation leads to every page without loading anew @hydrated", async ({ page, as, open }) => {
  await as("admin");
  await open("/dashboard");
  await page.evaluate(() => (document.title = "the same document"));
  const same = page.evaluateHandle(() => document);
  for (const [name, heading] of [["Work queue", "Work queue"], ["Loans", "Loans"], ["Strategies", "Strategies"], ["Models", "Models"], ["Loan files", "Loan files"], ["Dashboard", "Recovery performance"]]) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    expect(await (await same).evaluate((before) => before === document)).toBe(true);
  }
  await expect(page.locator(".chart__plot svg.main-svg").first()).toBeVisible();
});

test("on a telephone the navigation opens from its button @hydrated", async ({ page, as, open }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await as("lead");
  await open("/dashboard");
  const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Strategies" });
  await expect(link).toBeHidden();
  await page.getByRole("button", { name: "Open menu" }).click();
  await link.click();
  await expect(page).toHaveURL("/strategies");
});

test("the five visualisations are drawn @hydrated", async ({ page, as, open }) => {
  await as("executive");
  await open("/dashboard");
  const plots = page.locator(".chart__plot");
  // Four, and one panel for each of the four segments.
  await expect(plots).toHaveCount(8);
  for (const plot of await plots.all()) {
    await plot.scrollIntoViewIfNeeded();
    await expect(plot.locator("svg.main-svg").first()).toBeVisible();
    await expect(plot).toHaveAttribute("aria-label", /\S/);
  }
  await expect(page.getByText("could not be drawn")).toHaveCount(0);
});

test("each visualisation has a table with the same loans", async ({ page, as, open }) => {
  await as("executive");
  await open("/dashboard");
  await openDetails(page);
  const tables = [
    "Loans and incomes by loan amount",
    "Loans by payment history and recovery status",
    "Missed payments by recovery status",
    "Income and loan amount by recovery status",
    "Segments by income and loan amount",
  ];
  for (const name of tables) {
    const table = page.getByRole("table", { name });
    await expect(table).toBeVisible();
    const rows = await records(table);
    expect(rows.length, name).toBeGreaterThan(1);
    const loans = rows.reduce((sum, row) => sum + Number(row.Loans.replaceAll(",", "")), 0);
    expect(loans, `loans in "${name}"`).toBe(LOANS_OF_THE_DEMO);
    expect(rows.flatMap(Object.values).filter((cell) => /NaN|inf|undefined|null|^$/.test(cell)), name).toEqual([]);
  }
  await expect(page.getByText(`All ${count(LOANS_OF_THE_DEMO)} loans.`).or(page.getByText(/A sample of [\d,]+ of 5,000 loans/)).first()).toBeVisible();
});
