import type { ProviderApi } from "../support/provider-api.ts";
import type { StackProject } from "../support/stack-project.ts";

export type KeysMade = { sent: number; keys: number; failures: string[] };

/** An account may have 50 keys. */
const PAUSE_MS = 700;

/** Makes keys one after the other and uses each at once; at the end all of them once more. */
export function startKeyMaker(stack: StackProject, customer: ProviderApi): { stop(): Promise<KeysMade> } {
  const made: KeysMade = { sent: 0, keys: 0, failures: [] };
  const keys: string[] = [];
  let running = true;
  const count = (what: string, status: number, wanted: number) => {
    made.sent += 1;
    if (status !== wanted) made.failures.push(`${what}: status ${status}`);
  };
  const use = async (key: string, when: string) => {
    const url = `${stack.gateway}/api/v1/service-1/test`;
    const answer = await fetch(url, { headers: { "X-API-Key": key }, keepalive: false });
    count(`a key of the rotation, ${when}`, answer.status, 200);
  };
  const loop = (async () => {
    while (running) {
      const answer = await customer.call("POST", "/api/keys", { name: "meanwhile", mode: "test" });
      count("making a key", answer.status, 201);
      if (answer.status === 201) {
        const { key } = (await answer.json()) as { key: string };
        keys.push(key);
        await use(key, "just made");
      }
      await Bun.sleep(PAUSE_MS);
    }
  })();
  return {
    async stop() {
      running = false;
      await loop;
      for (const key of keys) await use(key, "afterwards");
      return { ...made, keys: keys.length };
    },
  };
}
