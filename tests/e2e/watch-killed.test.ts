import { expect, test } from "bun:test";
import { episode, frozenProject, killedAt, listPoints } from "../support/frozen-episode.ts";

/** Each of these was once a way to forget or to double something; all points are in watch-killed.full.test.ts. */
const TELLING = [
  /^before store: INSERT INTO intent/,
  /^before docker compose/,
  /^after docker compose/,
  /^after files\.writeAtomic/,
];

test("killed in the middle of a restart, the next watchdog makes one episode of it", async () => {
  await using project = await frozenProject();
  const points = await listPoints(project);
  for (const telling of TELLING) {
    const at = points.findIndex((point) => telling.test(point));
    if (at < 0) throw new Error(`no ${telling} among\n${points.join("\n")}`);
    await episode(project, points[at] ?? "", () => killedAt(project, at + 1));
  }
  expect(points.length).toBeGreaterThan(10);
}, 300_000);
