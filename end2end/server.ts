/** Starts the server that is tested, each time on a database of its own. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** The variable that hands the address of the shared demo server from the global setup to the tests. */
export const DEMO_URL = "LOAN_RECOVERY_DEMO_URL";

export interface Server {
  url: string;
  /** Everything that the server printed so far. */
  output(): string;
  /** The one-time link for the first administrator; only a server on an empty database prints one. */
  setupLink(): string;
  /** Stops the server and starts it again on the same database and port. */
  restart(): Promise<void>;
  /** Stops the server and removes its database. Fails where a request or a job panicked. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 30_000;

/** "treated" is the demo a few days after somebody began to carry treatments out. */
export async function startServer(content: "demo" | "empty" | "treated"): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "loan-recovery-end2end-"));
  const environment = { ...process.env, DATABASE_URL: `sqlite://${join(folder, "test.db")}?mode=rwc` };
  const run = (...command: string[]) => promisify(execFile)(required("LOAN_RECOVERY_BIN"), command, { env: environment, cwd: folder });
  if (content !== "empty") await run("demo");
  if (content === "treated") await run("simulate", "--days", "4");

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let printed = "";
  let child: ChildProcess;

  const start = async () => {
    const program = spawn(required("LOAN_RECOVERY_BIN"), ["serve", "--port", String(port), "--site", required("LOAN_RECOVERY_SITE")], {
      env: environment,
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = program;
    for (const stream of [program.stdout, program.stderr]) stream.on("data", (bytes: Buffer) => (printed += bytes.toString()));
    await untilHealthy(program, url, () => printed);
  };
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    await ended;
    clearTimeout(killer);
  };

  try {
    await start();
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
  return {
    url,
    output: () => printed,
    setupLink: () => {
      const found = printed.match(/\S*\/setup\?token=\S+/)?.[0];
      if (!found) throw new Error(`the server printed no link to /setup:\n${printed}`);
      return new URL(found, url).href;
    },
    restart: async () => {
      await end();
      await start();
    },
    stop: async () => {
      await end();
      await rm(folder, { recursive: true });
      if (printed.includes(" panicked at ")) throw new Error(`the server panicked:\n${printed}`);
    },
  };
}

export function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run the browser tests with: cargo xtask test --only build,browser`);
  return value;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function untilHealthy(child: ChildProcess, url: string, printed: () => string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server stopped (${child.exitCode}):\n${printed()}`);
    const healthy = await fetch(`${url}/healthz`).then((answer) => answer.ok, () => false);
    if (healthy) return;
    await sleep(100);
  }
  child.kill("SIGKILL");
  throw new Error(`the server did not answer ${url}/healthz:\n${printed()}`);
}
