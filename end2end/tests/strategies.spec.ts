/** What other bounds would do: told in the page where there are scripts, and by the server where there are none. */
import { expect, test } from "../fixtures.js";

const number = (text: string) => Number(text.replaceAll(",", ""));

test("moving a bound tells at once who would change", async ({ page, as, open, javaScriptEnabled }) => {
  await as("lead");
  await open("/strategies");
  const effect = page.getByRole("table", { name: "Loans by track, as it is and as set" });
  const loans = async (column: number) => {
    const rows = effect.locator("tbody tr").filter({ has: page.locator(".track") });
    const cells = await rows.locator(`td:nth-of-type(${column})`).allTextContents();
    return cells.map(number);
  };
  const [standard, settlement, legal] = await loans(1);
  expect(await loans(2)).toEqual([standard, settlement, legal]);
  await expect(page.getByText("No loan would change its track.")).toBeVisible();
  await page.getByLabel("Legal action above").fill("1");
  if (!javaScriptEnabled) {
    await page.getByRole("button", { name: "Show the effect" }).click();
    await expect(page).toHaveURL(/legal_above=1/);
  }
  await expect(page.getByText(/would go from legal action to settlement/)).toBeVisible();
  expect(await loans(2)).toEqual([standard, (settlement ?? 0) + (legal ?? 0), 0]);
  expect(await loans(1)).toEqual([standard, settlement, legal]);
});

test("a version tells its treatments", async ({ page, as, open }) => {
  await as("executive");
  await open("/strategies");
  await page.getByRole("link", { name: "Policy 1" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Policy 1");
  await expect(page.getByText("Legal notice", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Draft a change" })).toBeVisible();
});
