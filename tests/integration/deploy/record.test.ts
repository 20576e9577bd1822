import { expect, test } from "bun:test";
import type { BuiltImage } from "../../../agent/run/build/built-image.ts";
import { finishRelease, startRelease } from "../../../agent/run/deploy/record.ts";
import { executionOf } from "../../support/deploy-execution.ts";
import { desiredOf } from "../../support/desired.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

test("a release has ended whether or not its images can be tagged", async () => {
  const full = async () => {
    throw new Error("no space left on device");
  };
  using host = scriptedHost({ engine: { tag: full } });
  const execution = executionOf(host, desiredOf());
  const plan = { project: "demo", services: [], steps: [], drift: [] };
  const release = startRelease(execution, plan);
  const image: BuiltImage = {
    ...{ name: "demo/app", id: "sha256:1", inputs: "", createdAt: "", tags: [], services: ["gateway"] },
    ...{ built: true, ms: 1, usualMs: undefined, sizeBytes: 1, limitBytes: undefined },
  };
  const end = { plan, result: "deployed", built: [image], secretsVersion: 3 } as const;
  await expect(finishRelease(execution, release, end)).rejects.toThrow("no space");
  expect(execution.store.releases.current()).toMatchObject({ id: release, secretsVersion: 3 });
});
