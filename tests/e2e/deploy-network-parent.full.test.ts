import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Ward, ward } from "../support/patients.ts";

const HTTP = 'ready = { http = ":8081/health", within = "5s" }\nlive = { http = ":8081/health" }';

/** Another parent in the compose file. */
function change(project: Ward, from: string, to: string): void {
  const text = readFileSync(join(project.folder, "compose.yaml"), "utf8");
  project.write("compose.yaml", text.replace(from, to));
}

const id = (project: Ward, service: string) => project.inspect(service, "{{.Id}}");
const joined = (project: Ward) => project.inspect("child", "{{.HostConfig.NetworkMode}}");

/** The child is well where the parent is now, and no container is left to be made. */
async function isWell(project: Ward): Promise<void> {
  expect(await joined(project)).toBe(`container:${await id(project, "parent")}`);
  expect(await project.inspect("child", "{{.State.Status}}")).toBe("running");
  expect((await project.agent("plan")).stdout).toContain("unchanged: parent, child, witness");
}

test("a service in another's network is asked there, and is made anew with it, also when that is put back", async () => {
  const network_mode = "service:parent";
  await using project = await ward({
    parent: {},
    child: { env: { PORT: "8081" }, compose: { network_mode }, toml: HTTP },
  });
  await isWell(project);

  const [parent, child] = [await id(project, "parent"), await id(project, "child")];
  change(project, '"NAME":"parent"', '"NAME":"parent","EDITION":"2"');
  expect((await project.agent("plan")).stdout).toContain("parent, in whose network it lives, is made anew");
  await project.must("deploy", "parent");
  expect(await id(project, "parent")).not.toBe(parent);
  expect(await id(project, "child")).not.toBe(child);
  await isWell(project);

  change(project, '"EDITION":"2"', '"EDITION":"3","PORT":"9999"');
  project.write(
    "soloflow.toml",
    tomlOf(project).replaceAll(
      'ready = { http = ":8080/health"',
      'ready = { http = ":8080/health", within = "3s"',
    ),
  );
  const { code, stderr } = await project.agent("deploy");
  expect({ code, stderr }).toMatchObject({ code: 3 });
  change(project, '"EDITION":"3","PORT":"9999"', '"EDITION":"2"');
  await isWell(project);
}, 300_000);

const tomlOf = (project: Ward) => readFileSync(join(project.folder, "soloflow.toml"), "utf8");
