/** From the plan of a track to what people do with it: drafts of notices, holds, and the rules of contact, on a server of its own. */
import { type Role, DEMO_PASSWORD, expect, expectAccessible, expectNoOverflow, fillSignIn, test as base } from "../fixtures.js";
import { type Server, startServer } from "../server.js";

/** What these tests do would change what others see, so that each has a portfolio of its own. */
const test = base.extend<{ ownServer: Server; become: (role: Role) => Promise<void> }>({
  baseURL: async ({ ownServer }, use) => use(ownServer.url),
  ownServer: async ({}, use) => {
    const server = await startServer("treated");
    await use(server);
    await server.stop();
  },
  become: async ({ page, context, open }, use) => {
    await use(async (role) => {
      await context.clearCookies();
      await open("/login");
      await fillSignIn(page, `${role}@demo.test`, DEMO_PASSWORD);
      await expect(page).toHaveURL(/\/(dashboard|queue)$/);
    });
  },
});

test("a notice is drafted by the plan, reworded, approved by somebody else and served", async ({ page, become, open, tolerate, javaScriptEnabled }) => {
  test.setTimeout(180_000);
  tolerate(/status of 409/);
  await become("lead");
  await open("/notices");
  await page.locator("tbody").getByRole("link").first().click();
  await expect(page).toHaveURL(/\/notices\/\d+$/);
  const notice = page.url();
  await open(notice);
  await page.getByText("Change its words", { exact: true }).click();
  await page.getByLabel("Subject", { exact: true }).fill("Formal notice, reworded");
  await page.getByRole("button", { name: "Save the words" }).click();
  await expect(page.getByRole("main")).toContainText("Formal notice, reworded");
  // Whoever wrote the words is not asked.
  await open(notice);
  await expect(page.getByRole("button", { name: "Approve this notice" })).toHaveCount(0);
  await expectNoOverflow(page);
  if (javaScriptEnabled) await expectAccessible(page);

  await become("admin");
  await open(notice);
  await page.getByLabel("Why legal action is right").fill("No answer to four letters, and nothing was paid for half a year.");
  await page.getByRole("button", { name: "Approve this notice" }).click();
  await expect(page.getByRole("heading", { name: "Service" })).toBeVisible();
  const letter = await page.request.get(`${notice}/letter`);
  expect(letter.headers()["content-type"]).toBe("application/pdf");
  expect((await letter.body()).subarray(0, 5).toString()).toBe("%PDF-");

  await become("lead");
  await open(notice);
  await page.getByLabel("Proof, as the number of the registered letter").fill("RR 4711");
  await page.getByRole("button", { name: "It was served" }).click();
  await expect(page.getByRole("main")).toContainText("RR 4711");
  await open("/notices?state=served");
  await expect(page.locator("tbody tr")).toHaveCount(1);
});

test("a hold stops what would go out, until somebody ends it", async ({ page, become, open }) => {
  test.setTimeout(120_000);
  await become("agent");
  await open("/loans?status=open");
  const loan = await page.locator("tbody").getByRole("link").first().getAttribute("href");
  if (!loan) throw new Error("no loan is open");
  await open(loan);
  const card = page.getByRole("region", { name: "Holds" });
  await card.getByLabel("Reason").selectOption({ label: "Dispute" });
  await card.getByLabel("Note").fill("Says that the debt is her brother's.");
  await card.getByRole("button", { name: "Set hold" }).click();
  await expect(card.getByText("In force", { exact: true })).toBeVisible();
  // Who records a hold may not end it.
  await open(loan);
  await expect(card.getByRole("button", { name: /^End this hold/ })).toHaveCount(0);

  await become("lead");
  await open(loan);
  await card.getByLabel("Why it is over").fill("She withdrew it in writing.");
  await card.getByRole("button", { name: "End this hold: Dispute" }).click();
  await expect(card.getByText("She withdrew it in writing.")).toBeVisible();
  await expect(card.getByText("In force", { exact: true })).toHaveCount(0);
});

test("the rules of contact are chosen by the administrator, and wrong zones refused", async ({ page, become, open, tolerate, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  tolerate(/status of 4\d\d/);
  await become("admin");
  await open("/settings");
  await page.getByRole("radio", { name: /us-reg-f/ }).check();
  await page.getByLabel("Your time zone").fill("Middle/Earth");
  await page.getByRole("button", { name: "Save contact rules" }).click();
  await expect(page.getByRole("alert")).toContainText("Middle/Earth");
  await open("/settings");
  await page.getByRole("radio", { name: /us-reg-f/ }).check();
  await page.getByLabel("Your time zone").fill("America/Chicago");
  await page.getByLabel("Time zones of borrowers").fill("America/New_York, America/Los_Angeles");
  await page.getByRole("button", { name: "Save contact rules" }).click();
  if (javaScriptEnabled) await expect(page.getByRole("status")).toHaveText("Saved. It holds from now on.");
  await open("/settings");
  await expect(page.getByRole("radio", { name: /us-reg-f/ })).toBeChecked();
  await expect(page.getByLabel("Time zones of borrowers")).toHaveValue("America/New_York, America/Los_Angeles");
  await expectNoOverflow(page);
  if (javaScriptEnabled) await expectAccessible(page);
});
