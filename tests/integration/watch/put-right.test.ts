import { expect, test } from "bun:test";
import type { Host } from "../../../agent/host/host.ts";
import type { Watched } from "../../../agent/plan/watchdog/container-facts.ts";
import { projectPaths } from "../../../agent/run/project.ts";
import { Complaints } from "../../../agent/run/watch/complaints.ts";
import { type PutRightParts, putRight } from "../../../agent/run/watch/put-right.ts";
import type { Speak } from "../../../agent/run/watch/speak.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

const STANDBY = { facts: { service: "app", role: "standby", state: "running" } } as Watched;

test("what cannot be put right is said once, and again only when it fails otherwise or was well in between", async () => {
  using host = scriptedHost();
  let fault: string | undefined = "the disk is gone";
  const list = async () => {
    if (fault === undefined) return [];
    throw new Error(fault);
  };
  const said: string[] = [];
  const speak: Speak = (loudness, words) => void said.push(`${loudness} ${words}`);
  const parts: PutRightParts = {
    ...{
      host: { ...host, files: { ...host.files, list } } as Host,
      speak,
      complaints: new Complaints(speak),
    },
    ...{ project: { name: "shop", paths: projectPaths("shop", host) } },
    ...{ memory: { attempt: () => undefined }, signal: new AbortController().signal },
  };
  const rounds = async (now: string | undefined, times: number) => {
    fault = now;
    for (let round = 0; round < times; round += 1) await putRight(parts, [STANDBY]);
  };
  await rounds("the disk is gone", 3);
  await rounds("the disk is read only", 2);
  await rounds(undefined, 1);
  await rounds("the disk is read only", 2);
  expect(said).toEqual([
    "error the disk is gone",
    "error the disk is read only",
    "error the disk is read only",
  ]);
});
