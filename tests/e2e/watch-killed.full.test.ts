import { expect, test } from "bun:test";
import { episode, frozenProject, killedAfter, killedAt, listPoints } from "../support/frozen-episode.ts";

const RANDOM_KILLS = 15;
/** From a freeze until its restart is over, and a little. */
const EPISODE_MS = 8_000;

test.each([
  ["two colours", false],
  ["one container", true],
])(
  "an app with %s: killed at any point of a restart, the next watchdog makes one episode of it",
  async (_name, alone) => {
    await using project = await frozenProject({ alone });
    const points = await listPoints(project);
    expect(points.length).toBeGreaterThan(10);
    for (const [index, what] of points.entries())
      await episode(project, `point ${index + 1}, ${what}`, () => killedAt(project, index + 1));
  },
  1_800_000,
);

test("killed at random moments of an episode, nothing is forgotten and nothing doubled", async () => {
  await using project = await frozenProject();
  for (let kill = 1; kill <= RANDOM_KILLS; kill += 1) {
    const ms = Math.round(Math.random() * EPISODE_MS);
    await episode(project, `${ms} ms`, () => killedAfter(project, ms));
  }
}, 900_000);
