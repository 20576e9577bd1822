import { expect, test } from "bun:test";
import { binary } from "../support/binary.ts";
import { giveCertificates, giveCheckout, giveNpm } from "../support/vps/checkout.ts";
import { Vps } from "../support/vps/vps.ts";
import { waitFor } from "../support/wait-for.ts";

const AGENT = "/usr/local/bin/soloflow-agent";
/** Every image is built inside, from packages that are fetched: 2 minutes on an idle machine. */
const LONG = { timeoutMs: 1_200_000 };

/** Status code of an address, asked from inside the server. */
async function statusOf(server: Vps, url: URL): Promise<number> {
  const script = `exec 3<>/dev/tcp/127.0.0.1/${url.port}; printf 'GET ${url.pathname} HTTP/1.0\\r\\n\\r\\n' >&3; head -n 1 <&3`;
  const answer = await server.must(["bash", "-c", script]);
  return Number(answer.split(" ")[1]);
}

async function expectServing(server: Vps): Promise<void> {
  expect(await statusOf(server, new URL("http://localhost:8080/actuator/health"))).toBe(200);
  expect(await statusOf(server, new URL("http://localhost:3000/api/health"))).toBe(200);
  expect(await statusOf(server, new URL("http://localhost:8080/api/v1/service-1/test"))).toBe(401);
}

test("npm run up, in a checkout on a machine that has npm and nothing else, ends with the stack serving; again it changes nothing", async () => {
  await using server = await Vps.create();
  await giveNpm(server);
  await giveCheckout(server, "/srv/soloflow");
  const up = ["npm", "--prefix", "/srv/soloflow", "run", "up"];

  await server.must(up, LONG);
  await expectServing(server);

  const before = await server.must(["docker", "ps", "--quiet", "--no-trunc"]);
  expect(await server.must([...up, "--", "--json"], LONG)).toContain('"result": "unchanged"');
  expect(await server.must(["docker", "ps", "--quiet", "--no-trunc"])).toBe(before);
}, 1_500_000);

test("the executable alone, in an empty folder of a bare machine, ends with the stack serving; installed, a power cut is over in 30 s", async () => {
  await using server = await Vps.create();
  await giveCertificates(server);
  await server.copyIn(await binary(), AGENT);
  const inFolder = (line: string) =>
    server.must(["sh", "-c", `mkdir -p /srv/shop && cd /srv/shop && ${line}`], LONG);

  await inFolder(`${AGENT} init && ${AGENT} setup --yes && ${AGENT} deploy --yes`);
  await expectServing(server);

  await inFolder(`${AGENT} install --yes`);
  const since = performance.now();
  await server.powerCut();
  const ready = async () => {
    const { services, watchdog } = JSON.parse(await inFolder(`${AGENT} status --json`));
    const states = services.map(({ state }: { state: string }) => state);
    return watchdog.running && states.every((state: string) => /^(ready|completed)$/.test(state));
  };
  await waitFor("all is ready and watched", ready, 60_000);
  await expectServing(server);
  expect(performance.now() - since).toBeLessThan(30_000);
}, 1_500_000);
