import { expect, test } from "bun:test";
import { resolve } from "node:path";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";
import { receiver } from "./receiver.ts";

const SENDER = resolve(import.meta.dir, "../../fixtures/alerts/sender-process.ts");

/** Starts a sender; SIGKILL at the end of the scope at the latest. */
function sender(database: string, url: string, what: "queue" | "deliver") {
  const child = Bun.spawn({
    cmd: [process.execPath, SENDER, database, url, what],
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
  const queued = async () => {
    for await (const chunk of child.stdout) if (new TextDecoder().decode(chunk).includes("queued")) return;
  };
  return { kill, queued, [Symbol.asyncDispose]: kill };
}

const idOf = (body: string | undefined) => (JSON.parse(body ?? "{}") as { id?: string }).id;

test("a page that was queued is sent after kill -9, and under the same id where it may have arrived", async () => {
  using folder = tempFolder();
  using hook = receiver("hang", 200);
  const database = folder.at("state.db");
  {
    await using first = sender(database, hook.url, "queue");
    await first.queued();
    await waitFor("the first try", () => hook.received.length === 1);
  }
  await using second = sender(database, hook.url, "deliver");
  await second.queued();
  await waitFor("the second try", () => hook.received.length === 2);
  expect(idOf(hook.received[1]?.body)).toBe(idOf(hook.received[0]?.body));
  const delivered = () => {
    using store = openStore(database);
    return store.alerts.list(1)[0]?.deliveredAt !== undefined;
  };
  await waitFor("the mark", delivered);
  await Bun.sleep(100);
  expect(hook.received.length).toBe(2);
});

test("killed at any moment after it was queued, a page arrives", async () => {
  using folder = tempFolder();
  for (const [round, delayMs] of [0, 2, 5, 10].entries()) {
    using hook = receiver(200);
    const database = folder.at(`state-${round}.db`);
    const first = sender(database, hook.url, "queue");
    await first.queued();
    await Bun.sleep(delayMs);
    await first.kill();
    await using _second = sender(database, hook.url, "deliver");
    await waitFor("the page", () => hook.received.length >= 1);
    expect(new Set(hook.received.map(({ body }) => idOf(body))).size).toBe(1);
  }
});
