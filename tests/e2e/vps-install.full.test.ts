import { expect, test } from "bun:test";
import { AGENT, answer, inShop, shopVps, writeVersion } from "../support/vps/vps-shop.ts";
import { waitFor } from "../support/wait-for.ts";

const SECOND = "version 2, secret 43";

test("after two deploys a reboot and a power cut end with the second release serving, and nobody touched it", async () => {
  await using server = await shopVps();
  await inShop(server, "deploy --yes");
  await inShop(server, "install --yes");
  await writeVersion(server, "2");
  await inShop(server, "deploy --yes", AGENT);
  expect(await answer(server)).toBe(SECOND);
  const before = JSON.parse(await inShop(server, "status --json", AGENT));

  for (const again of [() => server.reboot(), () => server.powerCut()]) {
    await again();
    await waitFor("the stack serves", async () => (await answer(server)) === SECOND, 30_000);
    const after = JSON.parse(await inShop(server, "status --json", AGENT));
    expect(after.release).toBe(before.release);
    expect(digests(after)).toEqual(digests(before));
  }
}, 600_000);

function digests(status: { services: { name: string; digest: string }[] }): string[] {
  return status.services.map(({ name, digest }) => `${name} ${digest}`);
}
