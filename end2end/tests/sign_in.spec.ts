import { type Role, expect, expectAccessible, expectHydrated, fillSignIn, test } from "../fixtures.js";

const HOMES: Record<Role, string> = {
  admin: "/dashboard",
  executive: "/dashboard",
  lead: "/dashboard",
  agent: "/queue",
};

for (const [role, home] of Object.entries(HOMES) as [Role, string][]) {
  test(`${role} signs in and lands on ${home}`, async ({ page, signIn }) => {
    await signIn(role);
    expect(new URL(page.url()).pathname).toBe(home);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  });
}

test("a wrong password is told and leads nowhere", async ({ page, javaScriptEnabled, tolerate }) => {
  tolerate(/status of 4\d\d/);
  await page.goto("/login");
  if (javaScriptEnabled) await expectHydrated(page);
  await fillSignIn(page, "agent@demo.test", "not-the-password");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page).toHaveURL(/\/login/);
});

test("the sign-in page is accessible @hydrated", async ({ page }) => {
  await page.goto("/login");
  await expectAccessible(page);
});
