import { expect, test } from "bun:test";
import { givenValues } from "../../../agent/cli/rotate/given-values.ts";
import { Secret } from "../../../agent/core/secret.ts";
import { exec } from "../../../agent/host/exec.ts";
import { verifyExternal } from "../../../agent/run/rotate/verify-external.ts";
import { rotate, rotations } from "../../support/rotation-commands.ts";
import { type RotationWorld, rotationWorld } from "../../support/rotation-world.ts";
import { failed, ok } from "../../support/scripted-exec.ts";

const NAME = "STRIPE_SECRET_KEY";
const VALUE = new Secret('sk_live_"quoted" $HOME and ü');

/** A vendor that answers these statuses in turn, the last for ever. */
function vendor(...statuses: number[]) {
  const asked: (string | null)[] = [];
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch(request) {
      asked.push(request.headers.get("x-key"));
      return new Response("", { status: statuses[Math.min(asked.length, statuses.length) - 1] ?? 200 });
    },
  });
  const verify = `verify = { http = "http://127.0.0.1:${server.port}/balance", header = "X-Key: {value}" }`;
  return { asked, verify, [Symbol.dispose]: () => void server.stop(true) };
}

const tryValue = (
  { host, project, progress }: RotationWorld,
  value = new Secret("sk_live_from_the_vendor"),
) => verifyExternal(host, project, NAME, value, progress);

test("a value that the vendor knows is used, one that it refuses is not, and it is asked for it once", async () => {
  using good = vendor(200);
  using world = await rotationWorld({ [NAME]: good.verify });
  await tryValue(world);
  expect(good.asked).toEqual(["sk_live_from_the_vendor"]);
  using bad = vendor(401);
  using other = await rotationWorld({ [NAME]: bad.verify });
  await expect(tryValue(other)).rejects.toThrow("401");
  expect(bad.asked).toHaveLength(1);
});

test("a vendor that gives no verdict is asked three times, and nothing is rotated without one", async () => {
  using tired = vendor(503, 429, 200);
  using world = await rotationWorld({ [NAME]: tired.verify });
  await tryValue(world);
  expect(tired.asked).toHaveLength(3);
  using down = vendor(500);
  using other = await rotationWorld({ [NAME]: down.verify });
  await expect(rotate(other, [NAME])).rejects.toMatchObject({ code: "verify" });
  expect(down.asked).toHaveLength(3);
  expect(rotations(other)).toEqual([]);
});

test("a program is given the value by standard input and by nothing else; its exit code is the verdict", async () => {
  using world = await rotationWorld({
    [NAME]: 'verify = { command = ["sh", "-c", "test \\"$(cat)\\" = good"] }',
  });
  Object.assign(world.host, { exec });
  await tryValue(world, new Secret("good"));
  await expect(tryValue(world, new Secret("bad"))).rejects.toThrow("exit code 1");
  const argvs: string[] = [];
  Object.assign(world.host, {
    exec: async ({ argv, env, stdin }: Parameters<typeof exec>[0]) => {
      argvs.push(JSON.stringify([argv, env]));
      return stdin === VALUE.reveal() ? ok() : failed(1);
    },
  });
  await tryValue(world, VALUE);
  expect(argvs.join("")).not.toContain("quoted");
});

test("no error of a trial holds the value", async () => {
  using bad = vendor(403);
  using world = await rotationWorld({ [NAME]: bad.verify });
  const thrown = await tryValue(world, new Secret("sk_live_canary")).catch((error: Error) => error);
  expect(JSON.stringify(thrown) + String(thrown) + world.progress.lines.join()).not.toContain("canary");
});

const askFor = (answers: readonly (string | undefined)[]) => {
  const left = [...answers];
  return { ask: { confirm: async () => false, typed: async () => false, hidden: async () => left.shift() } };
};

test("values are typed one by one, or come as lines NAME=value; who is not asked by name is not asked", async () => {
  using world = await rotationWorld();
  const wish = (names: string[]) => ({ which: "named" as const, names, compromised: false });
  const { project } = world;
  const [one] = Object.values(
    await givenValues(askFor(["a\nb"]), project, wish([NAME, "API_KEY_PEPPER"]), true),
  );
  expect(one?.reveal()).toBe("a\nb");
  await expect(givenValues(askFor([""]), project, wish([NAME]), true)).rejects.toThrow(NAME);
  expect(await givenValues(askFor([]), project, { ...wish([]), which: "all" }, true)).toEqual({});
});
