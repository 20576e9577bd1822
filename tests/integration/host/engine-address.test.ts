import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { EXIT } from "../../../agent/core/errors.ts";
import { engineSocket } from "../../../agent/host/engine/engine-address.ts";
import { tempFolder } from "../../support/temp-folder.ts";

function withContexts(hosts: Record<string, unknown>, currentContext?: string) {
  const folder = tempFolder();
  writeFileSync(folder.at("config.json"), JSON.stringify({ currentContext }));
  for (const [name, Host] of Object.entries(hosts)) {
    const place = folder.at("contexts/meta", createHash("sha256").update(name).digest("hex"));
    mkdirSync(place, { recursive: true });
    writeFileSync(`${place}/meta.json`, JSON.stringify({ Name: name, Endpoints: { docker: { Host } } }));
  }
  return folder;
}

test("without a word it is the engine's usual socket", () => {
  using folder = tempFolder();
  expect(engineSocket({ HOME: folder.path })).toBe("/var/run/docker.sock");
  expect(engineSocket({ HOME: folder.path, DOCKER_CONTEXT: "default" })).toBe("/var/run/docker.sock");
});

test("DOCKER_HOST beats DOCKER_CONTEXT, which beats the chosen context, as for the docker command", () => {
  using folder = withContexts({ rootless: "unix:///run/user/1/docker.sock", other: "unix:///o" }, "rootless");
  const env = { DOCKER_CONFIG: folder.path };
  expect(engineSocket(env)).toBe("/run/user/1/docker.sock");
  expect(engineSocket({ ...env, DOCKER_CONTEXT: "other" })).toBe("/o");
  expect(engineSocket({ ...env, DOCKER_CONTEXT: "other", DOCKER_HOST: "unix:///h" })).toBe("/h");
});

test("an engine on another machine is refused with what is supported", () => {
  using folder = withContexts({ far: "ssh://root@far" });
  const env = { DOCKER_CONFIG: folder.path };
  for (const far of [
    { DOCKER_HOST: "tcp://1.2.3.4:2375" },
    { DOCKER_CONTEXT: "far" },
    { DOCKER_CONTEXT: "none" },
  ]) {
    expect(() => engineSocket({ ...env, ...far })).toThrow(
      expect.objectContaining({ code: "no-docker", exitCode: EXIT.noDocker }),
    );
  }
});

test("a configuration of the docker command that cannot be read counts as none", () => {
  using folder = tempFolder();
  for (const garbage of ["", "[", "null", '{"currentContext": 3}']) {
    writeFileSync(folder.at("config.json"), garbage);
    expect(engineSocket({ DOCKER_CONFIG: folder.path })).toBe("/var/run/docker.sock");
  }
});
