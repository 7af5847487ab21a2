import { FIRST_ADMIN, type Role, expect, expectAccessible, fillSignIn, test, testFromEmpty } from "../fixtures.js";

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

test("a wrong password is told and leads nowhere", async ({ page, open, tolerate }) => {
  tolerate(/status of 422/);
  await open("/login");
  // Not the agent: five wrong passwords in a row would lock out the other tests.
  await fillSignIn(page, "nobody@demo.test", "not-the-password");
  await expect(page.getByRole("alert")).toContainText("Email and password do not match.");
  await expect(page).toHaveURL(/\/login/);
});

test("the page that was asked for opens after signing in", async ({ page, open }) => {
  await open("/loans?track=legal&sort=outstanding");
  await expect(page).toHaveURL(/\/login\?next=/);
  await fillSignIn(page, "lead@demo.test", "recovery-demo");
  await expect(page).toHaveURL("/loans?track=legal&sort=outstanding");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Loans");
});

test("an address of another site is not opened after signing in", async ({ page, open }) => {
  await open("/login?next=//elsewhere.test/");
  await fillSignIn(page, "lead@demo.test", "recovery-demo");
  await expect(page).toHaveURL("/dashboard");
});

test("signing out closes every page", async ({ page, open, signIn }) => {
  await signIn("lead");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/login");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await open("/dashboard");
  await expect(page).toHaveURL(/\/login\?next=/);
});

const REFUSED = "Email and password do not match. After 5 wrong passwords in a row an account is locked for 15 minutes.";

testFromEmpty("five wrong passwords in a row lock the account, even for the right one", async ({ page, open, setUp, tolerate }) => {
  tolerate(/status of 422/);
  await setUp();
  await page.context().clearCookies();
  for (let attempt = 1; attempt <= 5; attempt++) {
    await open("/login");
    await fillSignIn(page, FIRST_ADMIN.email, `wrong-password-${attempt}`);
    await expect(page.getByRole("alert")).toContainText(REFUSED);
  }
  await open("/login");
  await fillSignIn(page, FIRST_ADMIN.email, FIRST_ADMIN.password);
  await expect(page.getByRole("alert")).toContainText(REFUSED);
  await expect(page).toHaveURL(/\/login/);
});

test("the sign-in page is accessible @hydrated", async ({ page, open }) => {
  await open("/login");
  await expectAccessible(page);
});
