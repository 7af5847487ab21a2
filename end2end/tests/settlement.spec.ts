/** An offer on a loan's page: what it comes to, a draft, and the way back. */
import { expect, test } from "../fixtures.js";

test("an offer is looked at, drafted and withdrawn", async ({ page, as, open }) => {
  await as("lead");
  await open("/loans?track=settlement&status=open");
  await page.locator("tbody").getByRole("link").first().click();
  await expect(page).toHaveURL(/\/loans\/\d+$/);
  const loan = new URL(page.url()).pathname;
  await open(loan);
  const card = page.getByRole("region", { name: "Settlement" });
  const choices = card.getByRole("table", { name: "Offer, plan, waiting and legal action beside each other" });
  await expect(choices.getByRole("row")).toHaveCount(5);

  await card.getByText("Make an offer", { exact: true }).click();
  const form = card.getByRole("form", { name: "Make an offer" });
  await form.getByLabel("Haircut, percent").fill("25");
  await form.getByRole("button", { name: "Show what it comes to" }).click();
  await expect(page).toHaveURL(/haircut/);
  await expect(card.getByText("25 % of what is owed is let go.")).toBeVisible();
  await expect(form.getByLabel("Haircut, percent")).toHaveValue("25");

  await form.getByRole("button", { name: "Save as a draft" }).click();
  await expect(card.getByRole("button", { name: "Send the offer" })).toBeVisible();
  await expect(card.getByRole("table", { name: "Payments that are agreed on" })).toBeVisible();
  await card.getByLabel("Why it is withdrawn").fill("Only looked at.");
  await card.getByRole("button", { name: "Withdraw it" }).click();
  await expect(card.getByText("Only looked at.").first()).toBeVisible();
  await expect(card.getByRole("button", { name: "Send the offer" })).toHaveCount(0);
});

test("terms that may not be are refused in words", async ({ page, as, open, tolerate }) => {
  tolerate(/409/);
  await as("lead");
  await open("/loans?track=settlement&status=open");
  await page.locator("tbody tr").nth(1).getByRole("link").first().click();
  await expect(page).toHaveURL(/\/loans\/\d+$/);
  await open(new URL(page.url()).pathname);
  const card = page.getByRole("region", { name: "Settlement" });
  await card.getByText("Make an offer", { exact: true }).click();
  const form = card.getByRole("form", { name: "Make an offer" });
  await form.getByLabel("Haircut, percent").fill("45");
  await form.getByRole("button", { name: "Make the offer" }).click();
  await expect(page.getByRole("alert")).toContainText("45 % is more than your role may let go");
});
