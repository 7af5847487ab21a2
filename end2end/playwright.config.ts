import { defineConfig, devices } from "@playwright/test";
import { DEMO_URL } from "./server.js";

/** Quiet in the background: a machine without a network must not be asked for one. */
const CHROMIUM_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "tests",
  globalSetup: "./demo_server.ts",
  outputDir: "test-results",
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 1000 },
    baseURL: process.env[DEMO_URL],
    trace: { mode: "retain-on-failure", screenshots: false, sources: false },
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: CHROMIUM_FLAGS },
  },
  projects: [
    { name: "hydrated" },
    // A test that needs scripts says so with the tag @hydrated.
    { name: "no-js", use: { javaScriptEnabled: false }, grepInvert: /@hydrated/ },
  ],
});
