/** What every browser test uses: `import { expect, test } from "../fixtures.js"`. */
import { AxeBuilder } from "@axe-core/playwright";
import { type Page, expect, test as base } from "@playwright/test";
import { type Server, startServer } from "./server.js";

export { expect };

export type Role = "admin" | "executive" | "lead" | "agent";

export const DEMO_PASSWORD = "recovery-demo";

interface Fixtures {
  /** Lets the page complain about something that a test provokes, such as a refused request. */
  tolerate: (complaint: RegExp) => void;
  /** Signs a demo user in and waits for the page behind. */
  signIn: (role: Role) => Promise<void>;
  /** A server of this test's own, on an empty database. */
  emptyServer: Server;
}

export const test = base.extend<Fixtures & { tolerated: RegExp[] }>({
  tolerated: async ({}, use) => use([]),

  tolerate: async ({ tolerated }, use) => use((complaint) => void tolerated.push(complaint)),

  /** A page that may not complain: no error, no warning, no refused script or style, no failed request. */
  page: async ({ page, tolerated }, use) => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error.message}`));
    page.on("requestfailed", (request) => {
      const reason = request.failure()?.errorText;
      // The browser aborts what it loads for a page that is being left.
      if (reason !== "net::ERR_ABORTED") complaints.push(`request failed: ${request.url()} (${reason})`);
    });
    await use(page);
    const left = complaints.filter((complaint) => !tolerated.some((pattern) => pattern.test(complaint)));
    expect(left, "the page complained").toEqual([]);
  },

  signIn: async ({ page, javaScriptEnabled }, use) => {
    await use(async (role) => {
      await page.goto("/login");
      if (javaScriptEnabled) await expectHydrated(page);
      await fillSignIn(page, `${role}@demo.test`, DEMO_PASSWORD);
      await expect(page).toHaveURL(/\/(dashboard|queue)$/);
    });
  },

  emptyServer: async ({}, use) => {
    const server = await startServer("empty");
    await use(server);
    await server.stop();
  },
});

export async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** axe finds nothing, in light and in dark colours. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator("html")).toHaveAttribute("data-bs-theme", colorScheme);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target.join(" ")) }));
    expect(found, `axe, ${colorScheme}`).toEqual([]);
  }
}

/** The WebAssembly has taken over, so that clicks are handled by it; app::root::App sets the attribute. */
export async function expectHydrated(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "");
}
