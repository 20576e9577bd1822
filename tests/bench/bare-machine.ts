import { withClone } from "../support/vps/bare-npm.ts";
import { Vps } from "../support/vps/vps.ts";
import type { Row } from "./row.ts";

const BAR_S = 120;
const LIMIT_MS = 900_000;

/** `npm run up` on a bare Debian machine with npm and nothing else, nothing cached; the downloads are in the time. */
export async function bareMachine(): Promise<Row[]> {
  await using server = await Vps.create();
  const folder = await withClone(server);
  const first = await timed(server, folder);
  const second = await timed(server, folder);
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

async function timed(server: Vps, folder: string): Promise<number> {
  const startedAt = performance.now();
  await server.must(["sh", "-c", `cd ${folder} && npm run up`], { timeoutMs: LIMIT_MS });
  return (performance.now() - startedAt) / 1_000;
}
