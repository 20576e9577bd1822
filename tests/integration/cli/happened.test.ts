import { describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { EXIT } from "../../../agent/core/errors.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import type { Store } from "../../../agent/host/store/store.ts";
import { cliWorld } from "./cli-world.ts";

const AT = Date.UTC(2026, 0, 2, 3, 0, 0);

/** A project with a deployed `app` and this in its store. */
function happened(write: (store: Store) => void) {
  const world = cliWorld({}, { deployed: {} });
  const folder = world.host.folder.at("state/sft-line");
  mkdirSync(folder, { recursive: true });
  const change = (more: (store: Store) => void) => {
    using store = openStore(`${folder}/state.db`);
    more(store);
  };
  change(write);
  return { ...world, change };
}

function hang(store: Store): void {
  const { releases, events, operations } = store;
  const deploy = operations.start({ kind: "deploy", pid: 1, at: AT });
  const release = releases.start({ at: AT + 1_000, cause: "deploy" });
  const service = { image: "sha256:a", digest: undefined, spec: "h" };
  const services = { app: { ...service, action: "replace" }, other: { ...service, action: "keep" } };
  releases.finish(release, { at: AT + 5_000, result: "deployed", services });
  operations.finish(deploy, { at: AT + 5_000, state: "done" });
  events.add({ at: AT + 6_000, service: "app", to: "ready", cause: "its first good answer" });
  events.add({
    at: AT + 60_000,
    service: "app",
    from: "suspect",
    to: "unhealthy",
    cause: "no answer within 1 s",
  });
  events.add({ at: AT + 61_000, service: "this machine", to: "failed", cause: "the disk is full" });
  const rotate = operations.start({ kind: "secrets set", pid: 1, at: AT + 70_000 });
  operations.finish(rotate, { at: AT + 72_000, state: "done" });
}

describe("events", () => {
  test("are one time line of services, releases and operations; a deploy is told as its release", async () => {
    using world = happened(hang);
    expect((await world.run(["events"])).stdout).toMatchInlineSnapshot(`
      "2026-01-02 03:00:05  release r1      deployed                app (replace), in 4.0 s
      2026-01-02 03:00:06  app             ready                   its first good answer
      2026-01-02 03:01:00  app             suspect → unhealthy     no answer within 1 s
      2026-01-02 03:01:01  this machine    failed                  the disk is full
      2026-01-02 03:01:12  secrets set     done                    in 2.0 s
      "
    `);
  });

  test("are those of the services and the time that are asked for", async () => {
    using world = happened(hang);
    const lines = async (...words: string[]) =>
      JSON.parse((await world.run(["events", ...words, "--json"])).stdout).events.map(
        (event: { kind: string; at: string }) => `${event.kind} ${event.at.slice(14, 19)}`,
      );
    expect(await lines("app")).toEqual(["release 00:05", "service 00:06", "service 01:00"]);
    expect(await lines("--since", "2026-01-02T03:01:00Z")).toEqual([
      "service 01:00",
      "service 01:01",
      "operation 01:12",
    ]);
    expect(await lines("--since", "170s")).toEqual(
      await lines("--since", new Date(world.host.clock.now() - 170_000).toISOString()),
    );
  });

  test("a document has all that is known of each", async () => {
    using world = happened(hang);
    const { schema, events } = JSON.parse((await world.run(["events", "--json"])).stdout);
    expect([schema, events[0], events[2]]).toEqual([
      1,
      {
        ...{
          at: "2026-01-02T03:00:05.000Z",
          kind: "release",
          release: "r1",
          result: "deployed",
          tookMs: 4_000,
        },
        services: [{ name: "app", action: "replace" }],
      },
      {
        ...{ at: "2026-01-02T03:01:00.000Z", kind: "service", service: "app" },
        ...{ from: "suspect", to: "unhealthy", cause: "no answer within 1 s" },
      },
    ]);
  });

  test("an empty answer says what to do next, and what was mistyped is told", async () => {
    using world = cliWorld();
    expect((await world.run(["events"])).stdout).toContain("soloflow-agent deploy");
    using deployed = happened(hang);
    expect((await deployed.run(["events", "--since", "1ms"])).stdout).toContain(
      "nothing happened since then",
    );
    for (const words of [["ap"], ["--since", "yesterday"], ["--json", "--follow"]]) {
      const run = await deployed.run(["events", ...words]);
      expect([words, run.code]).toEqual([words, EXIT.usage]);
      expect(run.stderr).toContain("hint:");
    }
  });
});

describe("incidents", () => {
  const open = ({ incidents }: Store) => {
    const id = incidents.open({ service: "app", at: AT, level: "losing", cause: "no answer within 1 s" });
    incidents.update(id, {
      ...{ detectedMs: 2_100, remedy: "other-colour", alerts: 2 },
      evidence: {
        ...{
          logs: "one\n\u001b[31mtwo\u001b[0m\u0007\n",
          probe: "no answer\nwithin 1 s",
          exitCode: 137,
          oomKilled: true,
        },
        pressure: { load1: 1.5, cpus: 2, memorySome10: 12.3, memoryAvailableBytes: 4e8 },
      },
    });
    return id;
  };

  test("one is told with when, why, what was done, what customers lost and what was seen", async () => {
    using world = happened((store) => store.incidents.close(open(store), { at: AT + 4_000, lostMs: 3_200 }));
    expect((await world.run(["incidents", "1"])).stdout).toMatchInlineSnapshot(`
      "incident 1 of app: customers lost 3.2 s
        when:           2026-01-02 03:00:00, over 4.0 s later
        why:            no answer within 1 s
        noticed:        2.1 s after the first sign
        done:           the other colour was made ready first, then took over
        customers:      were without it for 3.2 s
        messages:       2
        last probe:     no answer
                        within 1 s
        exit code:      137
        memory:         it was killed at its memory limit
        machine:        load 1.5 on 2 CPUs; 400 MB of memory available; waiting for memory 12 %
        its last log lines:
          one
          two
      "
    `);
  });

  test("all are told newest first, those that are not over as such", async () => {
    using world = happened((store) => {
      store.incidents.close(open(store), { at: AT + 4_000, lostMs: 3_200 });
      open(store);
      store.incidents.open({ service: "db", at: AT, level: "needs-you", cause: "no answer", report: true });
    });
    expect((await world.run(["incidents"])).stdout).toMatchInlineSnapshot(`
      "ID  WHEN                 LASTED    SERVICE  OUTCOME               WHY
      3   2026-01-02 03:00:00  not over  db       report only           no answer
      2   2026-01-02 03:00:00  not over  app      customers are losing  no answer within 1 s
      1   2026-01-02 03:00:00  4.0 s     app      customers lost 3.2 s  no answer within 1 s
      soloflow-agent incidents ID tells all that is known of one
      "
    `);
    const { incidents } = JSON.parse((await world.run(["incidents", "--json"])).stdout);
    expect(
      incidents.map(({ id, closedAt, lostMs }: Record<string, unknown>) => [id, closedAt, lostMs]),
    ).toEqual([
      [3, null, null],
      [2, null, null],
      [1, "2026-01-02T03:00:04.000Z", 3_200],
    ]);
  });

  test("what is only reported says how to have it mended", async () => {
    using world = happened((store) => {
      store.incidents.open({ service: "db", at: AT, level: "needs-you", cause: "no answer", report: true });
    });
    expect((await world.run(["incidents", "1"])).stdout).toContain(
      'next: to let it be restarted, write watch = "restart"',
    );
  });

  test("none yet, and one that is not there", async () => {
    using world = cliWorld();
    expect((await world.run(["incidents"])).stdout).toContain("soloflow-agent watch");
    const run = await world.run(["incidents", "7"]);
    expect([run.code, run.stderr]).toEqual([EXIT.usage, expect.stringContaining("there is no incident 7")]);
  });
});

test("events --follow tells what happens from then on, once each, until it is ended", async () => {
  const ended = new AbortController();
  const seen: string[] = [];
  using world = happened(hang);
  const host = { ...world.host, clock: { ...world.host.clock, sleep } };
  let rounds = 0;
  async function sleep(): Promise<void> {
    rounds += 1;
    if (rounds === 2)
      world.change(({ events }) => events.add({ at: 1, service: "app", to: "ready", cause: "again" }));
    if (rounds === 4) ended.abort();
  }
  const { followEvents, readEvents } = await import("../../../agent/run/events/read-events.ts");
  const { knownProject } = await import("../../../agent/run/known-project.ts");
  const project = await knownProject(world.host, world.config);
  const known = await readEvents(host, project, { services: [], since: 0, limit: 10_000 });
  await followEvents(host, project, { services: [], known, signal: ended.signal }, ({ key }) =>
    seen.push(key),
  );
  expect(seen).toEqual(["event 4"]);
});
