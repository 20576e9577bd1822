import { randomBytes } from "node:crypto";

const LOOKUPS = 2_000;
const WARM_UP = 200;

/**
 * Milliseconds of answers to keys of the right form that nobody was ever given: each is a look-up in the database, for
 * the gateway has seen none of them before.
 */
export async function unknownKeyTimes(gateway: string): Promise<number[]> {
  const times: number[] = [];
  for (let number = 0; number < LOOKUPS + WARM_UP; number += 1) {
    const key = `sk_test_${randomBytes(22).toString("hex")}`;
    const at = performance.now();
    const answer = await fetch(`${gateway}/api/v1/service-1/test`, { headers: { "X-API-Key": key } });
    await answer.arrayBuffer();
    if (answer.status !== 401) throw new Error(`a key that nobody has is answered with ${answer.status}`);
    if (number >= WARM_UP) times.push(performance.now() - at);
  }
  return times;
}
