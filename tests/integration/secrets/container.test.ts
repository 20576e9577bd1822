import { expect, test } from "bun:test";
import { SECRETS_TARGET } from "../../../agent/plan/delivered.ts";
import { envWrapper } from "../../../agent/plan/secrets-env-wrapper.ts";
import { deliverSecrets } from "../../../agent/run/secrets/deliver-secrets.ts";
import { ensureSecrets } from "../../../agent/run/secrets/ensure-secrets.ts";
import { openSecrets } from "../../../agent/run/secrets/open-secrets.ts";
import { secretsConfig } from "../../support/secrets-config.ts";
import { secretsProject } from "../../support/secrets-project.ts";
import { inspectContainer, runContainer, startContainer } from "../../support/test-container.ts";
import { tinyImage } from "../../support/tiny-image.ts";
import { waitFor } from "../../support/wait-for.ts";

async function delivered() {
  const world = secretsProject();
  const project = world.withConfig(
    secretsConfig('[secret.COOKIE_KEY]\nkind = "generated"\nfor = ["gateway"]\ndeliver = "env"\n'),
  );
  await ensureSecrets(world.host, project, { dataExists: false }, world.progress);
  const { gateway } = await deliverSecrets(world.host, project, [
    { name: "gateway", uid: 10001, gid: 10001 },
  ]);
  const stored = (await openSecrets(world.host, project))?.secrets;
  if (gateway === undefined || stored === undefined) throw new Error("nothing was delivered");
  const value = (name: string) => String(stored[name]?.versions[0].value);
  const bind = ["--volume", `${gateway.folder}:${SECRETS_TARGET}:ro`];
  return { gateway, value, bind, [Symbol.dispose]: () => world[Symbol.dispose]() };
}

const user = (id: number) => ["--user", `${id}:${id}`];

test("a service reads its own secrets, and nobody else in its container does", async () => {
  using shop = await delivered();
  const image = await tinyImage();
  const read = ["cat", `${SECRETS_TARGET}/API_KEY_PEPPER`];
  const own = await runContainer(image, [...user(10001), ...shop.bind], read);
  expect(own).toMatchObject({ kind: "ok", stdout: shop.value("API_KEY_PEPPER") });
  expect((await runContainer(image, [...user(10002), ...shop.bind], read)).kind).toBe("failed");
  const write = ["sh", "-c", `echo x > ${SECRETS_TARGET}/API_KEY_PEPPER`];
  expect((await runContainer(image, [...user(10001), ...shop.bind], write)).kind).toBe("failed");
}, 60_000);

test("an app that reads its environment gets the value, and docker inspect never sees it", async () => {
  using shop = await delivered();
  const app = ["sh", "-c", 'echo "started with $COOKIE_KEY as $$"; sleep 600'];
  const { entrypoint, command } = envWrapper(null, app, shop.gateway.env);
  const [program = "", ...words] = entrypoint;
  const options = [...user(10001), ...shop.bind, "--init", "--entrypoint", program];
  await using container = await startContainer(await tinyImage(), options, [...words, ...command]);
  const line = await waitFor(
    "the app's line",
    async () => /started with .*/.exec(await container.logs())?.[0],
  );
  expect(line).toStartWith(`started with ${shop.value("COOKIE_KEY")} as `);
  const inspected = await inspectContainer(container.name, "{{json .}}");
  expect(inspected).toContain("COOKIE_KEY");
  for (const name of ["COOKIE_KEY", "API_KEY_PEPPER"]) expect(inspected).not.toContain(shop.value(name));
}, 60_000);
