import { expect, test } from "../fixtures.js";

declare global {
  interface Window {
    /** The theme when the body began, and every change since. */
    themes: (string | undefined)[];
  }
}

test("the chosen theme stays over a reload, and the other one is never seen @hydrated", async ({ page, as, open }) => {
  await as("lead");
  await page.addInitScript(() => {
    window.themes = [];
    new MutationObserver((changes) => {
      for (const { type, addedNodes } of changes) {
        const begins = [...addedNodes].some((node) => node.nodeName === "BODY");
        if (document.body && (begins || type === "attributes")) window.themes.push(document.documentElement.dataset.bsTheme);
      }
    }).observe(document, { subtree: true, childList: true, attributeFilter: ["data-bs-theme"] });
  });
  const root = page.locator("html");
  const seen = () => page.evaluate(() => window.themes);
  for (const [system, chosen] of [["light", "dark"], ["dark", "light"]] as const) {
    await page.emulateMedia({ colorScheme: system });
    await open("/loans");
    await page.evaluate(() => localStorage.removeItem("theme"));
    await page.reload();
    await expect(root).toHaveAttribute("data-bs-theme", system);
    await page.getByRole("button", { name: "Change between light and dark" }).click();
    await expect(root).toHaveAttribute("data-bs-theme", chosen);
    expect(await seen()).toEqual([system, chosen]);

    await open("/loans");
    await expect(root).toHaveAttribute("data-bs-theme", chosen);
    expect(await seen(), "themes since the page was opened again").toEqual([chosen]);
  }
});

test("without a choice the theme follows the system @hydrated", async ({ page, open }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open("/login");
  await expect(page.locator("html")).toHaveAttribute("data-bs-theme", "light");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect(page.locator("html")).toHaveAttribute("data-bs-theme", "dark");
});
