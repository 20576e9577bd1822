import { expect } from "bun:test";
import { APPS, NAMES, ROLES, type World } from "./world.ts";

/** What holds after every single effect. */
export function check(world: World): void {
  for (const app of APPS) {
    loginWorks(world, app);
    keysPass(world, app);
  }
  valuesOverlap(world);
  numbersStay(world);
  nothingLeaks(world);
}

function loginWorks(world: World, app: string): void {
  const login = world.apps[app]?.DATABASE_URL?.[0];
  if (login === undefined) return;
  const role = world.roles.get(login.role ?? "");
  if (role?.mayLogIn !== true || role.password !== login.value) throw new Error(`${app} cannot log in`);
}

function keysPass(world: World, app: string): void {
  const peppers = world.apps[app]?.API_KEY_PEPPER;
  if (peppers === undefined) return;
  for (const key of world.keys) {
    const { n, value } = key;
    if (world.isDoomed(key) || peppers.some((each) => each.n === n && each.value === value)) continue;
    throw new Error(`${app} refuses a key of version ${n}`);
  }
}

/** What one app makes the other takes, except where somebody said that it leaked. */
function valuesOverlap(world: World): void {
  const leaked = world.rotations.some(({ cause }) => cause === "compromised");
  for (const name of NAMES) {
    const lists = APPS.flatMap((app) => {
      const list = world.apps[app]?.[name];
      return list === undefined || list[0]?.role !== undefined ? [] : [list];
    });
    for (const one of lists) {
      for (const other of lists) {
        const made = leaked && name !== "API_KEY_PEPPER" ? one : one.slice(0, 1);
        const common = made.some(({ n, value }) =>
          other.some((each) => each.n === n && each.value === value),
        );
        if (!common) throw new Error(`${name}: one app does not take what the other makes`);
      }
    }
  }
}

/** Rows name numbers: what a number meant once it means for ever. */
function numbersStay(world: World): void {
  for (const each of Object.values(world.apps)) {
    for (const [name, list] of Object.entries(each)) {
      for (const { n, value } of list) {
        const key = `${name} ${n}`;
        if ((world.numbers.get(key) ?? value) !== value) throw new Error(`${key} was another value`);
        world.numbers.set(key, value);
      }
    }
  }
}

function nothingLeaks({ rotations }: World): void {
  if (JSON.stringify(rotations).includes("canary")) throw new Error("a value is in the journal");
}

/** What holds when nobody has anything to do any more: store, roles and apps say the same. */
export function checkSettled(world: World): void {
  const { DATABASE_URL: login, POSTGRES_PASSWORD: superuser } = world.secrets;
  const logins = login?.kind === "database" ? login.versions.map(({ value }) => value) : [];
  for (const name of ROLES) {
    const password = logins.find(({ role }) => role === name)?.password ?? "";
    expect(world.roles.get(name)).toEqual({ password, mayLogIn: password !== "" });
  }
  expect(superuser?.versions[0].value).toBe(world.superuser);
}
