import { expect, test } from "bun:test";
import { pullImages } from "../../../agent/run/build/pull-images.ts";
import { failed, ok } from "../../support/scripted-exec.ts";
import { type BuildWorld, buildWorld, ONE } from "./build-world.ts";

const settingOf = ({ host, project, progress }: BuildWorld) => ({
  ...{ host, exec: host.exec, project, progress },
  signal: new AbortController().signal,
});

test("only what is not here is pulled, each once", async () => {
  using world = buildWorld({
    ...ONE,
    script: (shelf) => ({
      processes: [
        {
          argv: ["docker", "pull", "postgres:17"],
          gives: (_, limits) => {
            limits.onLine?.("aaaaaaaaaaaa: Pulling fs layer", "stdout");
            shelf.put("postgres:17", { sizeBytes: 150e6 });
            return ok();
          },
        },
      ],
    }),
  });
  world.shelf.put("caddy:2", {});
  await pullImages(settingOf(world), ["postgres:17", "caddy:2", "postgres:17"]);
  world.host.verify();
  expect(world.progress.lines).toEqual([
    "pulling postgres:17",
    "… 0 of 1 layers",
    "✓ pulling postgres:17: 150 MB",
  ]);
});

test("what the registry says comes through in one line", async () => {
  const stderr = "Error response from daemon: manifest for postgres:99 not found: manifest unknown\n";
  using world = buildWorld({
    ...ONE,
    script: () => ({ processes: [{ argv: ["docker", "pull"], gives: failed(1, stderr) }] }),
  });
  const error = await pullImages(settingOf(world), ["postgres:99"]).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: "pull",
    message: "cannot pull postgres:99: manifest for postgres:99 not found: manifest unknown",
    hint: "check its name and tag; a local image needs a build of its own",
  });
});

test("a machine without docker is told how to get it", async () => {
  const gives = { kind: "missing" as const, program: "docker" };
  using world = buildWorld({ ...ONE, script: () => ({ processes: [{ argv: ["docker", "pull"], gives }] }) });
  const error = await pullImages(settingOf(world), ["a"]).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "no-docker", exitCode: 6 });
});
