import type { Config } from "../../config/config.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { RotationFacts } from "../../plan/rotate/facts.ts";
import type { SecretState } from "../../plan/rotate/types.ts";
import { databaseSecret } from "../../plan/secrets-database.ts";
import { foreignObjects } from "../database/adopt-owners.ts";
import { keysByVersion } from "../database/keys-by-version.ts";
import type { Server } from "../database/psql.ts";
import { sessionsOf } from "../database/sessions.ts";
import { readDeliveries } from "../secrets/delivery-record.ts";
import type { Served } from "../secrets/redeliver-secrets.ts";
import { type Applied, readApplied } from "./applied-model.ts";
import { referencesOf } from "./references-of.ts";
import { knownOf, type Rotating } from "./rotating.ts";
import { listRotations } from "./rotation-record.ts";
import { servedOf } from "./served.ts";
import { servers } from "./set-roles.ts";

type Looking = Pick<Rotating, "host" | "project" | "store">;

/** More than anybody rotates while a number could still be in a row. */
const REMEMBERED = 10_000;

/** All that a plan has to know of the world. Nothing is changed; what cannot be found out is left out. */
export async function lookAround(looking: Looking, states: readonly SecretState[]): Promise<RotationFacts> {
  const { host, store } = looking;
  const applied = await readApplied(host, knownOf(looking), store);
  const { model } = applied;
  const units = model["x-soloflow"].units;
  const usual = units.flatMap(({ service }) => {
    const ms = store.readiness.summary(service)?.p50Ms;
    return ms === undefined ? [] : [[service, ms] as const];
  });
  return {
    services: Object.fromEntries(units.map(({ service, strategy }) => [service, strategy])),
    ...(await lookAtServed(looking, applied, states)),
    usualMs: Object.fromEntries(usual),
    ...(await lookAtDatabases(looking, states)),
    rotations: listRotations(store, REMEMBERED),
  };
}

async function lookAtServed(
  { host, project }: Looking,
  applied: Applied,
  states: readonly SecretState[],
): Promise<Pick<RotationFacts, "served">> {
  const known = knownOf({ project });
  const { records } = await answered([["records", readDeliveries(host, known)] as const]);
  if (records === undefined) return { served: {} };
  const served = await answered(
    states.map(
      ({ name }): Question<Served[]> => [name, Promise.try(() => servedOf(records, applied, [name]))],
    ),
  );
  const names = Object.entries(served).map(([name, by]) => [name, by.map(({ record }) => record.service)]);
  return { served: Object.fromEntries(names) };
}

/** What the databases say; see `RotationFacts`. */
export async function lookAtDatabases(
  looking: Looking,
  states: readonly SecretState[],
): Promise<Pick<RotationFacts, "keys" | "sessions" | "foreign">> {
  const { config } = looking.project;
  const found = await servers(looking);
  const [keys, sessions, foreign] = await Promise.all([
    answered(states.map(({ name }) => [name, keysOn(config, found, name)] as const)),
    answered(states.flatMap((state) => sessionsOn(config, found, state))),
    answered(states.map((state) => [state.name, foreignTo(config, found, state)] as const)),
  ]);
  return { keys, sessions, foreign };
}

type Servers = Readonly<Record<string, Server>>;
type Question<T> = readonly [name: string, answer: Promise<T> | undefined];

async function answered<T>(questions: readonly Question<T>[]): Promise<Record<string, T>> {
  const answers = await Promise.all(
    questions.map(async ([name, answer]) => {
      try {
        return answer === undefined ? [] : [[name, await answer] as const];
      } catch (thrown) {
        if (thrown instanceof SoloflowError) return [];
        throw thrown;
      }
    }),
  );
  return Object.fromEntries(answers.flat());
}

function keysOn(config: Config, found: Servers, name: string) {
  const where = referencesOf(config, name);
  const server = where && found[where.service];
  return server && keysByVersion(server, where.references);
}

/** Of both roles, and of a login that was taken over: that one is nobody's to close. */
function sessionsOn(config: Config, found: Servers, { name, versions }: SecretState): Question<number>[] {
  const secret = config.secret[name];
  if (secret?.kind !== "database") return [];
  const { service, roles } = databaseSecret(config, name, secret);
  const server = found[service];
  const foreign = versions.flatMap(({ role }) => (role === undefined || roles.includes(role) ? [] : [role]));
  return [
    ...roles.map((role): Question<number> => [role, server && sessionsOf(server, role)]),
    ...foreign.map((role): Question<number> => [role, Promise.resolve(0)]),
  ];
}

/** How much the owner role does not own yet; undefined where a role of the agent's own logs in already. */
function foreignTo(
  config: Config,
  found: Servers,
  { name, versions }: SecretState,
): Promise<number> | undefined {
  const secret = config.secret[name];
  if (secret?.kind !== "database") return undefined;
  const { service, roles, database, owner } = databaseSecret(config, name, secret);
  const server = found[service];
  if (server === undefined || roles.includes(versions[0]?.role ?? "")) return undefined;
  return foreignObjects(server, database, owner).then((objects) => objects.length);
}
