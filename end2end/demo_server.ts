/** One server with demo data for the whole run; its tests only read. */
import { DEMO_URL, startServer } from "./server.js";

export default async function setUp(): Promise<() => Promise<void>> {
  const server = await startServer("demo");
  process.env[DEMO_URL] = server.url;
  return () => server.stop();
}
