/** A sender to be killed: queues a page for the webhook at argv[3] in the state argv[2], says so, and delivers. */
import { Secret } from "../../../agent/core/secret.ts";
import { systemClock } from "../../../agent/host/clock.ts";
import { exec } from "../../../agent/host/exec.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { systemWeb } from "../../../agent/host/web.ts";
import { AlertQueue } from "../../../agent/run/alerts/alert-queue.ts";
import { raise } from "./alerts-world.ts";

const [, , database = "", url = "", what = ""] = process.argv;
const store = openStore(database);
const queue = new AlertQueue({
  host: { exec, clock: systemClock, env: {} },
  web: systemWeb,
  read: async () => new Secret("k"),
  project: "shop",
  store: () => store,
  settings: () => ({ webhook: { url, key: "K" } }),
  warn: console.error,
});
if (what === "queue") queue.queue(raise("losing"));
console.log("queued");
for (;;) {
  await queue.deliverDue(new AbortController().signal);
  await Bun.sleep(20);
}
