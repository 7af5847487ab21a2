import { expect, test } from "../fixtures.js";
import { column } from "../tables.js";

test("an agent sees the team's track, highest score first", async ({ page, as, open }) => {
  await as("agent");
  await open("/queue");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Work queue");
  await expect(page.getByText(/^Team .* highest risk first$/)).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Track" })).toHaveCount(0);

  const table = page.getByRole("table", { name: "Loans to work, highest risk first" });
  expect(new Set(await column(table, "Track"))).toEqual(new Set(["Legal action"]));
  const scores = (await column(table, "Score")).map(Number);
  expect(scores).toHaveLength(50);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(await column(table, "Status")).not.toContain("Fully recovered");
});

test("an agent who asks for another track gets none of its loans", async ({ page, as, open }) => {
  await as("agent");
  await open("/queue?track=standard");
  await expect(page.getByRole("heading", { level: 2, name: "Nothing to work" })).toBeVisible();
});

test("a lead chooses among the tracks", async ({ page, as, open }) => {
  await as("lead");
  await open("/queue");
  const choice = page.getByRole("navigation", { name: "Track" });
  await expect(choice.getByRole("link", { name: "All" })).toHaveAttribute("aria-current", "true");
  const table = page.getByRole("table", { name: "Loans to work, highest risk first" });
  for (const [code, track] of [["settlement", "Settlement"], ["legal", "Legal action"], ["standard", "Standard"]]) {
    await choice.getByRole("link", { name: track }).click();
    await expect(page).toHaveURL(`/queue?track=${code}`);
    await expect(choice.getByRole("link", { name: track })).toHaveAttribute("aria-current", "true");
    await expect.poll(async () => [...new Set(await column(table, "Track"))]).toEqual([track]);
  }
});

test("the queue goes on on further pages", async ({ page, as, open }) => {
  await as("lead");
  await open("/queue?track=standard");
  const pages = page.getByRole("navigation", { name: "Pages" });
  await expect(pages).toContainText(/^1–50 of [\d,]+ loans/);
  await pages.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL("/queue?track=standard&page=2");
  await expect(pages).toContainText(/^51–100 of/);
});

test("the first loan of the queue opens", async ({ page, as, open }) => {
  await as("agent");
  await open("/queue");
  const first = page.getByRole("row").nth(1).getByRole("link");
  const loan = await first.innerText();
  await first.click();
  await expect(page).toHaveURL(/\/loans\/\d+$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Loan ${loan}`);
});
