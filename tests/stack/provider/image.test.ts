import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { providerImage } from "../../support/provider-image.ts";
import { inspect } from "../../support/stack-images.ts";
import { runContainer } from "../../support/test-container.ts";

setDefaultTimeout(60_000);

let image: string;
beforeAll(async () => {
  image = await providerImage();
}, 300_000);

test("the image has at most 115 MB", async () => {
  expect(Number(await inspect(image, "{{.Size}}"))).toBeLessThanOrEqual(115_000_000);
});

test("it runs as its own user, and nothing of it belongs to that user", async () => {
  expect(await inspect(image, "{{.Config.User}}")).toBe("10002:10002");
  const mine = await runContainer(
    image,
    ["--user=0:0"],
    ["find", "/app", "(", "-user", "10002", "-o", "-perm", "-2", ")", "!", "-type", "l"],
  );
  expect(mine).toMatchObject({ kind: "ok", stdout: "" });
});

test("it holds no secret and asks for none to be built", async () => {
  const environment = JSON.parse(await inspect(image, "{{json .Config.Env}}")) as string[];
  expect(environment.filter((line) => /SECRET|PEPPER|KEY|DATABASE/.test(line))).toEqual([]);
});

test("what only a build needs is not in it", async () => {
  const listed = await runContainer(image, [], ["ls", "/app", "/app/node_modules"]);
  if (listed.kind !== "ok") throw new Error(JSON.stringify(listed));
  const files = listed.stdout.split("\n");
  expect(files).toContain("server.mjs");
  expect(files).toContain("migrate.mjs");
  for (const name of ["typescript", "sharp", "@img", "bun.lock", "server.ts"])
    expect(files).not.toContain(name);
});

test("the lock file names no host, so that any registry will do", () => {
  const lock = readFileSync(new URL("../../../stack/provider/bun.lock", import.meta.url), "utf8");
  expect(lock).not.toMatch(/https?:\/\//);
});
