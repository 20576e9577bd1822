/**
 * A writer for store-kill.test.ts: `bun killed-writer.ts FOLDER VALUE before|after CALL`. It adds one version and
 * kills itself with SIGKILL before or after its CALLth call that changes a file; past the last one it ends with 0.
 */
import { writeStore } from "../../../agent/host/secret-store/write-store.ts";
import { content, countedFiles, placeIn } from "../../support/secret-store.ts";

const [folder = "", value = "", side = "", call = ""] = process.argv.slice(2);
const die = (wanted: string) => (at: number) => {
  if (side === wanted && at === Number(call)) process.kill(process.pid, "SIGKILL");
};
const files = countedFiles({ before: die("before"), after: die("after") });
await writeStore(placeIn(folder, files), await content(value));
