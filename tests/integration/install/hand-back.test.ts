import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import type { Container, RestartPolicy } from "../../../agent/core/container.ts";
import { openStore } from "../../../agent/host/store/open-store.ts";
import { initialState } from "../../../agent/plan/watchdog/state.ts";
import { recordOf } from "../../../agent/plan/watchdog/turn.ts";
import { modelFile, writeModel } from "../../../agent/run/deploy/model-file.ts";
import { handBack } from "../../../agent/run/install/hand-back.ts";
import { containerNamed, engineOf, projectOf } from "../../support/deploy-execution.ts";
import { desiredOf } from "../../support/desired.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

const desired = desiredOf();
const NO: RestartPolicy = { name: "no", max: 0 };

/** What is given back of these containers where the watchdog had given up on the gateway and taken `taken`. */
async function given(containers: Container[], taken: readonly string[] | undefined) {
  const set: [string, RestartPolicy][] = [];
  const setRestartPolicy = async (id: string, policy: RestartPolicy) => void set.push([id, policy]);
  using host = scriptedHost({ engine: { ...engineOf(containers), setRestartPolicy } });
  const project = projectOf(host);
  const known = { name: project.config.project, paths: project.paths };
  mkdirSync(project.paths.state, { recursive: true });
  if (taken !== undefined) {
    const chosen = desired.units.map(({ service }) => service);
    await writeModel(host, project, { desired, before: undefined, chosen, containers: [] });
    const model = JSON.parse((await host.files.readText(modelFile(project))) ?? "");
    model.services["gateway-blue"].restart = "unless-stopped";
    await host.files.writeAtomic(modelFile(project), JSON.stringify(model));
    const { durable } = initialState(1);
    const gateway = { ...recordOf({ durable }, "gateway"), taken };
    using store = openStore(project.paths.database);
    store.watch.write({ ...durable, services: { gateway } }, { at: 1 });
  }
  return { names: await handBack(host, known), set };
}

const gateway = (restartPolicy = NO) =>
  containerNamed(desired, "gateway", "gateway-blue", { restartPolicy, id: "g1" });

test("what a watchdog had taken from docker and never gave back is restarted by docker again", async () => {
  expect(await given([gateway()], ["g1", "gone"])).toEqual({
    names: ["gateway-blue"],
    set: [["g1", { name: "unless-stopped", max: 0 }]],
  });
});

test("a policy that a person has set since, or that was never taken, stays as it is", async () => {
  const nothing = { names: [], set: [] };
  expect(await given([gateway({ name: "always", max: 0 })], ["g1"])).toEqual(nothing);
  expect(await given([gateway()], [])).toEqual(nothing);
  expect(await given([gateway()], undefined)).toEqual(nothing);
});
