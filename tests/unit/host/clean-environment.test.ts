import { expect, test } from "bun:test";
import { cleanEnvironment } from "../../../agent/host/clean-environment.ts";

test("what would run a stranger's code or redirect a build does not reach a child", () => {
  const hostile = {
    BUN_OPTIONS: "--preload=/x.ts",
    BUN_BE_BUN: "1",
    NODE_OPTIONS: "--require=/x.js",
    BUILDX_BUILDER: "elsewhere",
    DOCKER_BUILDKIT: "0",
    DOCKER_DEFAULT_PLATFORM: "linux/s390x",
    COMPOSE_REMOVE_ORPHANS: "1",
  };
  expect(cleanEnvironment({ PATH: "/bin", GONE: undefined, ...hostile })).toEqual({ PATH: "/bin" });
});

test("the operator's choice of engine and credentials is kept", () => {
  const chosen = { DOCKER_HOST: "unix:///x", DOCKER_CONTEXT: "c", DOCKER_CONFIG: "/d", BUNDLE: "kept" };
  expect(cleanEnvironment(chosen)).toEqual(chosen);
});
