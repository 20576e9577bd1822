import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Ward, ward } from "../support/patients.ts";
import { docker } from "../support/test-container.ts";
import { waitFor } from "../support/wait-for.ts";
import { startWatching } from "../support/watching.ts";

let project: Ward;

beforeAll(async () => {
  project = await ward(
    {
      stopped: {},
      paused: {},
      parent: {},
      child: {
        env: { PORT: "8081" },
        compose: { network_mode: "service:parent" },
        toml: 'ready = { http = ":8081/health" }\nlive = { http = ":8081/health" }',
      },
    },
    { watchdog: 'spacing = "1s"' },
  );
}, 300_000);

afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
}, 60_000);

const status = (service: string) => project.inspect(service, "{{.State.Status}}");
const id = (service: string) => project.inspect(service, "{{.Id}}");

test("what a person stops or pauses is left alone, by the next agent too, until a person takes it back", async () => {
  const before = { stopped: await id("stopped"), paused: await project.life("paused") };
  {
    await using watching = await startWatching(project);
    await watching.phase("stopped", "ready");
    await watching.phase("paused", "ready");
    await docker("stop", before.stopped);
    await docker("pause", before.paused.split(" ")[0] ?? "");
    await watching.phase("stopped", "held");
    await watching.phase("paused", "held");
    await Bun.sleep(4_000);
    await watching.end("SIGKILL");
  }
  await using next = await startWatching(project);
  await next.phase("stopped", "held");
  await next.phase("paused", "held");
  await Bun.sleep(4_000);
  expect([await status("stopped"), await status("paused")]).toEqual(["exited", "paused"]);
  await docker("start", before.stopped);
  await docker("unpause", before.paused.split(" ")[0] ?? "");
  await next.phase("stopped", "ready");
  await next.phase("paused", "ready");
  expect(await project.life("paused")).toBe(before.paused);
  expect([...(await project.incidents("stopped")), ...(await project.incidents("paused"))]).toEqual([]);
}, 90_000);

test("a container in another's network is made anew once that one has another network", async () => {
  await using watching = await startWatching(project);
  await watching.phase("child", "ready");
  const [parent, child] = [await id("parent"), await id("child")];
  await docker("rm", "-f", parent);
  const compose = ["-f", `${project.env.SOLOFLOW_STATE_DIR}/${project.name}/model.json`, "-p", project.name];
  await docker("compose", ...compose, "up", "-d", "--no-deps", "parent");
  await waitFor(
    "the child is another container",
    async () => !["", child].includes(await id("child")) && (await status("child")) === "running",
    60_000,
  );
  expect(await project.inspect("child", "{{.HostConfig.NetworkMode}}")).toBe(
    `container:${await id("parent")}`,
  );
  await watching.phase("child", "ready");
  expect((await project.incidents("child"))[0]?.remedy).toBe("recreate");
}, 120_000);
