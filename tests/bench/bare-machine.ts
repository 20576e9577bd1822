import { giveCheckout, giveNpm } from "../support/vps/checkout.ts";
import { Vps } from "../support/vps/vps.ts";
import type { Row } from "./row.ts";

const BAR_S = 120;
const LIMIT_MS = 900_000;
const FOLDER = "/srv/soloflow";

/** `npm run up` on a bare Debian machine with npm and nothing else, nothing cached; the downloads are in the time. */
export async function bareMachine(): Promise<Row[]> {
  await using server = await Vps.create();
  await giveNpm(server);
  await giveCheckout(server, FOLDER);
  const first = await timed(server);
  const second = await timed(server);
  const engine = await server.must(["docker", "version", "--format", "{{.Server.Version}}"]);
  return [
    {
      what: "`npm run up` on a bare machine, nothing cached, downloads included",
      measured: `${first.toFixed(0)} s`,
      beside: `the second time ${second.toFixed(1)} s; engine ${engine.trim()}`,
      bar: `≤ ${BAR_S} s beside the downloads`,
      met: first <= BAR_S,
    },
  ];
}

async function timed(server: Vps): Promise<number> {
  const startedAt = performance.now();
  await server.must(["npm", "--prefix", FOLDER, "run", "up"], { timeoutMs: LIMIT_MS });
  return (performance.now() - startedAt) / 1_000;
}
