import { expect } from "bun:test";
import { startLoad } from "./load.ts";
import { docker } from "./sandbox.ts";
import { type TestProject, testProject, writeApp } from "./test-project.ts";

const TOML = `[secret.TOKEN]
kind = "generated"
for = ["app"]
[secret.OTHER]
kind = "external"
for = ["app"]
optional = true
[rotation]
soak = "1h"
[watchdog]
backoff = ["0s"]
spacing = "100ms"
`;

/** A deployed app in two colours with a secret TOKEN, quick to rotate and slow enough to be come upon in the middle. */
export type RotatedApp = TestProject & {
  /** The next deploy gives it this version. */
  edit(version: string): void;
  /** The app's containers: "app-blue-1". */
  instances(): Promise<string[]>;
  /** Numbers of the versions of TOKEN that the serving app has, the issuing one first. */
  versions(): Promise<number[]>;
  /** A newer value issues, and that one is accepted. Numbers of values that were taken back do not come again. */
  checkRotated(first: number): Promise<void>;
  /** Nothing is under way, nothing is to be done, one container serves. */
  checkSettled(): Promise<void>;
  /** Does something while customers ask: each is answered. */
  unnoticed(act: () => Promise<void>): Promise<void>;
};

export async function rotatedApp(): Promise<RotatedApp> {
  const project = await testProject();
  const edit = (version: string) =>
    writeApp(project, { VERSION: version, BOOT_MS: "1500" }, { toml: TOML, within: "30s" });
  edit("1");
  await project.must("deploy");
  const instances = async () => (await project.containers()).filter((name) => name.startsWith("app-"));
  const versions = async () => {
    const [instance = ""] = await instances();
    const text = await docker("exec", `${project.name}-${instance}`, "cat", "/run/secrets/TOKEN");
    return text.split(",").map((each) => (/^\d+:/.test(each) ? Number.parseInt(each, 10) : 1));
  };
  return Object.assign(project, {
    ...{ edit, instances, versions },
    async checkRotated(first: number) {
      const [issuing = 0, ...accepted] = await versions();
      expect([issuing > first, accepted.includes(first)]).toEqual([true, true]);
    },
    async checkSettled() {
      expect((await project.agent("plan")).stdout).toContain("nothing to do");
      expect(await instances()).toHaveLength(1);
    },
    async unnoticed(act: () => Promise<void>) {
      const load = startLoad(project.url, { perSecond: 50 });
      try {
        await act();
      } finally {
        const { failures, sent } = await load.stop();
        expect({ failures, sent: sent > 0 }).toEqual({ failures: [], sent: true });
      }
    },
  });
}
