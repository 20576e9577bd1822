import { expect, test } from "bun:test";
import { secretsConfig } from "../../support/secrets-config.ts";
import { FACTS, NOW, named, planFor, refusalsFor, rotationOf, STATES, stateOf } from "./asked.ts";

const PEPPER = "[secret.API_KEY_PEPPER]\n";
/** The configuration with another line in the table of a secret. */
function withLine(name: string, line: string) {
  const config = secretsConfig();
  const secret = config.secret[name];
  if (secret === undefined) throw new Error(`no ${name}`);
  return { ...config, secret: { ...config.secret, [name]: { ...secret, ...JSON.parse(line) } } };
}

test("--all takes every kind, and leaves what only a person can get", () => {
  const plan = planFor({});
  expect(plan.names.map(({ name, phases }) => [name, ...phases])).toEqual([
    ["API_KEY_PEPPER", "expand", "flip", "contract"],
    ["BETTER_AUTH_SECRET", "expand", "flip", "contract"],
    ["DATABASE_URL", "roles", "flip"],
    ["POSTGRES_PASSWORD", "roles", "flip"],
  ]);
  expect(plan.left.map(({ name }) => name)).toEqual(["STRIPE_SECRET_KEY"]);
  expect(plan.make.map((make) => ("role" in make ? make.role : make.kind))).toEqual([
    "pepper",
    "generated",
    "shop_b",
    "superuser",
  ]);
});

test("the superuser's password replaces no container", () => {
  expect(planFor({ wish: named("POSTGRES_PASSWORD") }).services).toEqual([]);
});

test("an unknown name is refused with the one that was meant", () => {
  const [refusal] = refusalsFor({ wish: named("API_KEY_PEPER") });
  expect(refusal?.message).toBe("there is no secret API_KEY_PEPER in soloflow.toml");
  expect(refusal?.hint).toBe("did you mean API_KEY_PEPPER?");
});

test("a pepper whose apps accept one value is refused, with the place and the reason", () => {
  const [refusal] = refusalsFor({
    config: withLine("API_KEY_PEPPER", '{"accepts": 1}'),
    wish: named("API_KEY_PEPPER"),
  });
  expect(refusal?.path).toEqual(["secret", "API_KEY_PEPPER", "accepts"]);
  expect(refusal?.message).toContain("every key made with it would be void at once");
});

test("a pepper in two values is not given a third where its apps accept two, and is left by --all", () => {
  const states = [stateOf("API_KEY_PEPPER", "pepper", 2, 1)];
  const config = withLine("API_KEY_PEPPER", '{"accepts": 2}');
  expect(refusalsFor({ config, states, wish: named("API_KEY_PEPPER") })[0]?.hint).toContain(
    "--retire API_KEY_PEPPER",
  );
  expect(planFor({ config, states }).left.map(({ name }) => name)).toContain("API_KEY_PEPPER");
  expect(planFor({ states, wish: named("API_KEY_PEPPER") }).names[0]).toMatchObject({ from: 2, to: 3 });
});

test("whoever is signed in must sign in again where the app accepts one value, and the plan says so", () => {
  const config = withLine("BETTER_AUTH_SECRET", '{"accepts": 1}');
  const plan = planFor({ config, wish: named("BETTER_AUTH_SECRET") });
  expect(plan.sessions).toBe("ended");
  expect(plan.soakMs).toBe(0);
  expect(plan.promisesThatFall).toEqual([
    "whoever is signed in must sign in again: provider accepts one BETTER_AUTH_SECRET only",
  ]);
});

test("a value that no list can hold is left by --all and refused by name, with the way out; one alone needs no list", () => {
  for (const [name, kind] of [
    ["API_KEY_PEPPER", "pepper"],
    ["BETTER_AUTH_SECRET", "generated"],
  ] as const) {
    const states = [{ ...stateOf(name, kind, 1), hasComma: true }];
    expect(planFor({ states }).left.find((each) => each.name === name)?.why).toContain("has a comma");
    const [refusal] = refusalsFor({ states, wish: named(name) });
    expect(refusal).toMatchObject({
      message: `${name} has a comma in its value, which no list "2:new,1:old" can hold`,
      hint: expect.stringContaining(`rotate-secrets ${name} --compromised exchanges it at once`),
    });
    const plan = planFor({ states, wish: { ...named(name), compromised: true } });
    expect(plan.names).toMatchObject([{ name, phases: ["flip", "contract"] }]);
  }
  const config = withLine("BETTER_AUTH_SECRET", '{"accepts": 1}');
  const states = [{ ...stateOf("BETTER_AUTH_SECRET", "generated", 1), hasComma: true }];
  expect(planFor({ config, states, wish: named("BETTER_AUTH_SECRET") }).names).toHaveLength(1);
});

test("a login whose next role is still in use is refused; one whose sessions have ended is not", () => {
  const states = [stateOf("DATABASE_URL", "database", [2, "shop_b"], [1, "shop_a"])];
  const wish = named("DATABASE_URL");
  expect(refusalsFor({ states, wish })[0]?.message).toContain("4 sessions of shop_a");
  expect(refusalsFor({ states, wish, facts: { sessions: {} } })[0]?.message).toContain("nobody could count");
  const [make] = planFor({ states, wish, facts: { sessions: { shop_a: 0 } } }).make;
  expect(make).toMatchObject({ role: "shop_a" });
});

test("an adopted login is refused until somebody could look into its database; then the plan says what changes hands", () => {
  const states = [stateOf("DATABASE_URL", "database", [1, "postgres"])];
  const wish = named("DATABASE_URL");
  expect(refusalsFor({ states, wish })[0]?.message).toContain('"postgres", which is none of its two roles');
  const plan = planFor({ states, wish, facts: { foreign: { DATABASE_URL: 14 } } });
  expect(plan.owners).toEqual([
    { name: "DATABASE_URL", login: "postgres", owner: "shop_owner", objects: 14 },
  ]);
  expect(plan.make[0]).toMatchObject({ role: "shop_a" });
});

test("an external value is taken when it is there; a login never goes back", () => {
  const wish = named("STRIPE_SECRET_KEY");
  expect(refusalsFor({ wish })[0]?.message).toContain("only you can get");
  expect(planFor({ wish: { ...wish, given: ["STRIPE_SECRET_KEY"] } }).make).toEqual([]);
  expect(planFor({ wish: { which: "back", names: ["STRIPE_SECRET_KEY"] } })).toMatchObject({
    cause: "back",
    make: [],
  });
  expect(refusalsFor({ wish: { which: "back", names: ["DATABASE_URL"] } })[0]?.message).toContain(
    "take turns",
  );
});

test("what leaked does not soak, ends sessions, and every key that dies is counted", () => {
  const plan = planFor({ wish: { compromised: true } });
  expect(plan).toMatchObject({ cause: "compromised", soakMs: 0, sessions: "ended", keysThatDie: 12 });
  expect(plan.promisesThatFall).toContain("12 API keys made with API_KEY_PEPPER will be refused");
  expect(planFor({ wish: { compromised: true }, facts: { keys: {} } }).keysThatDie).toBeUndefined();
});

test("a pepper of apps of which nobody knows whether they read a list stays as it is, until somebody says so", () => {
  const service = { ...secretsConfig().service, gateway: {} };
  const config = { ...secretsConfig(), service };
  expect(refusalsFor({ config, wish: named("API_KEY_PEPPER") })[0]).toMatchObject({
    message: expect.stringContaining("nobody knows whether gateway can read one"),
    hint: expect.stringContaining("accepts = 2"),
  });
  const said = { ...withLine("API_KEY_PEPPER", '{ "accepts": 2 }'), service };
  expect(planFor({ config: said, wish: named("API_KEY_PEPPER") }).names).toHaveLength(1);
});

test("a vendor's former value that leaked is taken from the apps again", () => {
  const config = withLine("STRIPE_SECRET_KEY", '{ "overlap": 86400000 }');
  const wish = { ...named("STRIPE_SECRET_KEY"), given: ["STRIPE_SECRET_KEY"], compromised: true };
  const plan = planFor({ config, wish });
  expect(plan.names[0]?.phases).toEqual(["flip", "contract"]);
  expect(plan.soakMs).toBe(0);
});

test("nothing goes back to a value that leaked", () => {
  const { names } = planFor({ wish: named("BETTER_AUTH_SECRET") });
  const rotations = [rotationOf({ names }, { cause: "compromised", state: "done", result: "done" })];
  const wish = { which: "back" as const, names: ["BETTER_AUTH_SECRET"] };
  const leaked = [stateOf("BETTER_AUTH_SECRET", "generated", 2)];
  expect(refusalsFor({ wish, states: leaked, facts: { rotations } })[0]?.message).toContain("leaked");
  const later = [stateOf("BETTER_AUTH_SECRET", "generated", 3)];
  expect(planFor({ wish, states: later, facts: { rotations } }).cause).toBe("back");
});

test("a login of a PostgreSQL that is not deployed is refused: nobody could make it", () => {
  const { database: _, ...services } = FACTS.services;
  for (const name of ["DATABASE_URL", "POSTGRES_PASSWORD"])
    expect(refusalsFor({ wish: named(name), facts: { services } })[0]?.message).toBe(
      `${name} is a login of database, which is not deployed: nobody could set its password`,
    );
});

test("the superuser waits until no app logs in by a login that was taken over", () => {
  const login = (...versions: [number, string][]) => [
    stateOf("DATABASE_URL", "database", ...versions),
    stateOf("POSTGRES_PASSWORD", "superuser", 1),
  ];
  const asked = { wish: named("POSTGRES_PASSWORD"), facts: { foreign: { DATABASE_URL: 3 } } };
  for (const states of [login([1, "postgres"]), login([2, "shop_a"], [1, "postgres"])])
    expect(refusalsFor({ ...asked, states })[0]?.message).toContain("may be the password of postgres");
  expect(planFor({ ...asked, states: login([2, "shop_a"]) }).names).toHaveLength(1);
});

test("only what is due is rotated; with nothing due the plan is empty", () => {
  const config = secretsConfig(
    `every = "30d"\n${PEPPER.replace("API_KEY_PEPPER", "X")}kind = "pepper"\nfor = ["gateway"]`,
  );
  const states = [stateOf("X", "pepper", 1), ...STATES];
  const wish = { which: "due" as const, given: ["STRIPE_SECRET_KEY"] };
  expect(planFor({ config, states, wish }).names.map(({ name }) => name)).toEqual(["STRIPE_SECRET_KEY"]);
  expect(planFor({ wish }).names).toEqual([]);
});

test("numbers of a rotation that was taken back are not given again", () => {
  const before = rotationOf(planFor({}), { state: "aborted" });
  const [pepper] = planFor({ facts: { rotations: [before] } }).names;
  expect(pepper).toMatchObject({ from: 1, to: 3 });
});

test("while one moves there is no other; one that soaks holds nobody up", () => {
  const { names } = planFor({});
  const moving = rotationOf({ names }, { state: "expanded" });
  expect(refusalsFor({ facts: { rotations: [moving] } })[0]?.message).toBe(
    "rotation 1 is under way: expanded",
  );
  const soaking = rotationOf({ names }, { state: "soak", soakUntil: NOW });
  expect(planFor({ facts: { rotations: [soaking] } }).names).not.toEqual([]);
});
