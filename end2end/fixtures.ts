/** What every browser test uses: `import { expect, test } from "../fixtures.js"`. */
import { AxeBuilder } from "@axe-core/playwright";
import { type APIRequestContext, type Page, type Response, expect, test as base } from "@playwright/test";
import { type Server, DEMO_URL, startServer } from "./server.js";

export { expect };

export type Role = "admin" | "executive" | "lead" | "agent";

export const ROLES: Role[] = ["admin", "executive", "lead", "agent"];

export const DEMO_PASSWORD = "recovery-demo";

/** The administrator of a server that started empty. */
export const FIRST_ADMIN = { portfolio: "Northern loans", currency: "USD", name: "Uma Upload", email: "uma@example.test", password: "a-long-password" };

interface Fixtures {
  /** Lets the pages complain about something that a test provokes, such as a refused request. */
  tolerate: (complaint: RegExp) => void;
  /** Opens an address and waits until the page can be used. */
  open: (address: string, inTab?: Page) => Promise<Response>;
  /** Signs a demo user in by the form, and waits for the page behind. */
  signIn: (role: Role) => Promise<void>;
  /** Is a demo user, without the form: it has a test of its own. */
  as: (role: Role) => Promise<void>;
  /** Asks the demo server as a demo user, beside the browser. */
  ask: (role: Role, address: string) => Promise<string>;
  /** A server of this test's own, on an empty database. */
  emptyServer: Server;
}

interface WorkerFixtures {
  /** One session a role, for all tests of the worker. */
  sessions: Record<Role, APIRequestContext>;
}

export const test = base.extend<Fixtures & { tolerated: RegExp[]; watched: void }, WorkerFixtures>({
  tolerated: async ({}, use) => use([]),

  tolerate: async ({ tolerated }, use) => use((complaint) => void tolerated.push(complaint)),

  /** No page may complain: no error, no warning, no refused script or style, no failed request. */
  watched: [
    async ({ context, tolerated, javaScriptEnabled }, use) => {
      const complaints: string[] = [];
      context.on("console", (message) => {
        if (!["error", "warning"].includes(message.type())) return;
        // Where scripts are switched off, nobody uses what was loaded ahead for them.
        if (!javaScriptEnabled && /\.wasm was preloaded using link preload but not used/.test(message.text())) return;
        complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
      });
      context.on("weberror", (error) => complaints.push(`uncaught: ${error.error().stack ?? error.error().message}`));
      context.on("requestfailed", (request) => {
        const reason = request.failure()?.errorText;
        // The browser aborts what it loads for a page that is being left.
        if (reason === "net::ERR_ABORTED") return;
        // Where scripts are switched off, the browser refuses to load them ahead.
        if (reason === "csp" && !javaScriptEnabled && request.resourceType() === "script") return;
        complaints.push(`request failed: ${request.url()} (${reason})`);
      });
      await use();
      const left = complaints.filter((complaint) => !tolerated.some((pattern) => pattern.test(complaint)));
      expect(left, "a page complained").toEqual([]);
    },
    { auto: true },
  ],

  open: async ({ page, javaScriptEnabled }, use) => {
    await use(async (address, inTab = page) => {
      const answer = await inTab.goto(address);
      if (!answer) throw new Error(`${address} gave no new page`);
      if (javaScriptEnabled) await expectHydrated(inTab);
      return answer;
    });
  },

  signIn: async ({ page, open }, use) => {
    await use(async (role) => {
      await open("/login");
      await fillSignIn(page, `${role}@demo.test`, DEMO_PASSWORD);
      await expect(page).toHaveURL(/\/(dashboard|queue)$/);
    });
  },

  sessions: [
    async ({ playwright }, use) => {
      const baseURL = process.env[DEMO_URL];
      const sessions = {} as Record<Role, APIRequestContext>;
      for (const role of ROLES) {
        sessions[role] = await playwright.request.newContext({ baseURL });
        const form = { email: `${role}@demo.test`, password: DEMO_PASSWORD, next: "" };
        expect((await sessions[role].post("/fn/sign_in", { form })).ok(), `${role} signs in`).toBe(true);
      }
      await use(sessions);
      for (const session of Object.values(sessions)) await session.dispose();
    },
    { scope: "worker" },
  ],

  as: async ({ context, sessions }, use) => {
    await use(async (role) => context.addCookies((await sessions[role].storageState()).cookies));
  },

  ask: async ({ sessions }, use) => {
    await use(async (role, address) => (await sessions[role].get(address)).text());
  },

  emptyServer: async ({}, use) => {
    const server = await startServer("empty");
    await use(server);
    await server.stop();
  },
});

interface Started {
  /** Sets the portfolio up and is its administrator; the form has a test of its own. */
  setUp: () => Promise<void>;
}

/** For tests that load files: every address is one of a server that started empty. */
export const testFromEmpty = test.extend<Started>({
  baseURL: async ({ emptyServer }, use) => use(emptyServer.url),

  setUp: async ({ page, emptyServer }, use) => {
    await use(async () => {
      const token = new URL(emptyServer.setupLink()).searchParams.get("token") ?? "";
      const answer = await page.request.post("/fn/set_up", { form: { token, ...FIRST_ADMIN } });
      expect(answer.ok(), "the first administrator is created").toBe(true);
    });
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
    // A plot is one image to those who cannot see it: the thousands of marks in it are no content.
    const { violations } = await new AxeBuilder({ page }).exclude(".chart__plot svg").analyze();
    const found = violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map((node) => node.target.join(" ")) }));
    expect(found, `axe, ${colorScheme}`).toEqual([]);
  }
}

/** The page fits a telephone and a desk: only tables scroll sideways, in regions of their own. */
export async function expectNoOverflow(page: Page): Promise<void> {
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 1000 });
    const beyond = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await expect.poll(beyond, `pixels beyond the edge at ${width} px`).toBe(0);
  }
}

/** The WebAssembly has taken over, so that clicks are handled by it; app::root::App sets the attribute. */
export async function expectHydrated(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-hydrated", "");
}
