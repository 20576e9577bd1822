import { openStore } from "../../agent/host/store/open-store.ts";

/*
 * Writes steps into the journal of the state named in argv for as long as it lives, and prints the number of each
 * one that is written: bun journal-writer.ts STATE [STEPS].
 */
const [path = "", most = "1000000"] = Bun.argv.slice(2);
const store = openStore(path);
const operation = store.operations.start({ kind: "deploy", pid: process.pid, at: Date.now() });
for (let index = 1; index <= Number(most); index++) {
  store.operations.step(operation, { step: `step ${index}`, state: "done", at: Date.now() });
  console.log(`${index}`);
}
store.close();
