import {
  contractedSecrets,
  curedSecrets,
  expandedIssues,
  issuedBy,
  stagedSecrets,
} from "../../../agent/plan/rotate/content.ts";
import type { PointName } from "../../../agent/plan/rotate/machine.ts";
import type { RotatedName, Rotation } from "../../../agent/plan/rotate/types.ts";
import type { Secrets, StoredSecret } from "../../../agent/plan/secrets.ts";
import { APPS, CONFIG, Failed, given, ROLES, type World } from "./world.ts";

export type Turn = {
  rotation: Rotation;
  closable: readonly string[];
  fails: boolean;
  /** This very command began it, and has the new values in its memory. */
  isFresh: boolean;
};

/** The works of the points, each as the real one acts: it compares, and changes what differs. */
export const WORKS: Readonly<Record<PointName, (world: World, turn: Turn) => void>> = {
  stage,
  "prepare-roles": (world, { rotation, fails }) => setRoles(world, stored(world, rotation.toVersion), fails),
  expand: (world, { rotation, fails }) => {
    const issues = expandedIssues(rotation);
    const secrets = mapped(stored(world, rotation.toVersion), (name, each) =>
      issues[name] === undefined ? each : issuedBy(each, issues[name]),
    );
    rollOut(world, secrets, fails);
  },
  verify: (world, { rotation, fails }) => verify(world, stored(world, rotation.toVersion), fails),
  commit: (world, { rotation }) => {
    if (world.current !== rotation.toVersion) world.effect(() => (world.current = rotation.toVersion));
  },
  flip: (world, { fails }) => rollOut(world, world.secrets, fails),
  soak: () => {},
  retire: (world, { rotation, closable }) =>
    commit(world, contractedSecrets(world.secrets, rotation, closable)),
  contract: (world, { fails }) => rollOut(world, world.secrets, fails),
  "close-roles": (world, { fails }) => setRoles(world, world.secrets, fails),
  done: () => {},
  "undo-rollout": (world, { rotation }) => rollOut(world, stored(world, rotation.fromVersion), false),
  "undo-roles": (world, { rotation }) => setRoles(world, stored(world, rotation.fromVersion), false),
  discard: (world, { rotation }) => world.effect(() => world.versions.delete(rotation.toVersion)),
  cure: (world, { rotation }) => {
    commit(world, curedSecrets(world.secrets, rotation));
    setRoles(world, world.secrets, false);
  },
};

function stored(world: World, version: number): Secrets {
  const secrets = world.versions.get(version);
  if (secrets === undefined) throw new Error(`version ${version} is gone`);
  return secrets;
}

function mapped(secrets: Secrets, change: (name: string, stored: StoredSecret) => StoredSecret): Secrets {
  return Object.fromEntries(Object.entries(secrets).map(([name, each]) => [name, change(name, each)]));
}

/** What a killed command staged is not taken over: nobody knows whether it is this rotation's. */
function stage(world: World, { rotation, fails, isFresh }: Turn): void {
  if (fails || !isFresh) throw new Failed("there are no new values");
  const { names, fromVersion, toVersion } = rotation;
  const fresh = Object.fromEntries(names.map((each) => [each.name, freshValue(world, each)]));
  const secrets = stagedSecrets(stored(world, fromVersion), names, fresh);
  world.effect(() => world.versions.set(toVersion, secrets));
}

function freshValue(world: World, { name, kind }: RotatedName): StoredSecret {
  const common = { n: 1, createdAt: world.time() };
  if (kind === "superuser") {
    return { kind, versions: [{ ...common, salt: "salt", value: world.value() }] };
  }
  if (kind === "database") {
    const old = world.secrets[name];
    const role = old?.kind === "database" && old.versions[0].value.role === ROLES[0] ? ROLES[1] : ROLES[0];
    const value = { role: role ?? "", password: world.value() };
    return { kind, versions: [{ ...common, salt: "salt", value }] };
  }
  return { kind, versions: [{ ...common, value: world.value() }] };
}

/** One more version, where its content differs. */
function commit(world: World, secrets: Secrets): void {
  if (JSON.stringify(secrets) === JSON.stringify(world.secrets)) return;
  const version = world.current + 1;
  world.effect(() => world.versions.set(version, secrets));
  world.effect(() => (world.current = version));
}

/** What rolesSql does in one transaction, and the superuser's password. */
export function setRoles(world: World, secrets: Secrets, fails: boolean): void {
  if (fails) throw new Failed("the database refuses");
  const { DATABASE_URL: login, POSTGRES_PASSWORD: superuser } = secrets;
  world.effect(() => {
    for (const role of ROLES) {
      const version = login?.kind === "database" && login.versions.find(({ value }) => value.role === role);
      const password = version ? version.value.password : "";
      const before = world.roles.get(role);
      if (before?.mayLogIn && password !== "" && password !== before.password && world.sessions(role) > 0) {
        throw new Error(`${role} gets another password while somebody uses it`);
      }
      world.roles.set(role, { password, mayLogIn: password !== "" });
    }
    if (superuser?.kind === "superuser") world.superuser = superuser.versions[0].value;
  });
}

/** App by app; what fails at the second one is put back at the first. */
export function rollOut(world: World, secrets: Secrets, fails: boolean): void {
  const before = { ...world.apps };
  for (const [at, app] of APPS.entries()) {
    const files = filesOf(app, secrets);
    if (JSON.stringify(files) === JSON.stringify(world.apps[app])) continue;
    if (fails && at > 0) {
      for (const each of APPS) {
        if (world.apps[each] !== before[each])
          world.effect(() => (world.apps = { ...world.apps, [each]: before[each] ?? {} }));
      }
      throw new Failed(`${app} is not ready`);
    }
    world.effect(() => (world.apps = { ...world.apps, [app]: files }));
  }
}

function filesOf(app: string, secrets: Secrets) {
  const mine = Object.entries(secrets).filter(([name]) => CONFIG.secret[name]?.for.includes(app));
  return Object.fromEntries(mine.map(([name, each]) => [name, given(name, each)]));
}

/** The new login works, and each key passes with what is to be committed. */
function verify(world: World, secrets: Secrets, fails: boolean): void {
  const login = secrets.DATABASE_URL;
  const { role, password } =
    login?.kind === "database" ? login.versions[0].value : { role: "", password: "" };
  const known = world.roles.get(role);
  if (fails || !known?.mayLogIn || known.password !== password)
    throw new Failed("the new login does not work");
}
