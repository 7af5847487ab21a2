/** Sends files, and reads what the page of their upload says became of them. */
import type { Locator, Page } from "@playwright/test";
import { expect } from "./fixtures.js";
import type { LoanFile } from "./loan_file.js";
import { count } from "./tables.js";

/** Reading and storing takes seconds; on a busy machine, more. */
export const WORK = { timeout: 90_000 };

/** Sends files that belong together, and waits for the page of their upload. */
export async function send(page: Page, ...files: LoanFile[]): Promise<void> {
  await page.getByLabel("Files", { exact: true }).setInputFiles(files);
  await page.getByLabel("As of").fill("2026-10-31");
  await page.getByRole("button", { name: "Send files" }).click();
  await expect(page).toHaveURL(/\/uploads\/\d+/);
  const more = files.length - 1;
  const others = more === 0 ? "" : ` and ${more} more ${more === 1 ? "file" : "files"}`;
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(files[0].name + others);
}

/** Where an upload is in its life. */
export const state = (page: Page): Locator => page.locator(".page-head .badge");

/** Waits until the rows are read, and checks what became of them. */
export async function expectCounts(page: Page, counts: Record<string, number>): Promise<void> {
  const result = page.getByRole("region", { name: "Result" });
  await expect(result).toBeVisible(WORK);
  for (const [name, figure] of Object.entries(counts)) {
    const part = result.locator("dl > div", { has: page.locator("dt", { hasText: name }) });
    await expect(part.locator("dd").first(), name).toHaveText(count(figure));
  }
}
