import { SoloflowError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { LoginVerdict } from "../../host/postgres-login.ts";
import { LABEL } from "../../plan/labels.ts";
import type { RotatedName } from "../../plan/rotate/types.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { type DatabaseSecret, databaseSecret } from "../../plan/secrets-database.ts";
import { rolesIn } from "../secrets/postgres-roles.ts";
import type { Rotating } from "./rotating.ts";
import { serverOf, servers } from "./set-roles.ts";

const TIMEOUT_MS = 5_000;
const TRIES = 3;
const PAUSE_MS = 500;
/** PostgreSQL's own, inside of its container. */
const DEFAULT_PORT = 5432;

type Login = {
  name: string;
  service: string;
  port: number;
  database: string;
  role: string;
  password: string;
};

/**
 * Tries each new login over the network as an app would. Errors: SoloflowError "verify" with the name of the secret, and
 * what the database said.
 */
export async function verifyLogins(rotating: Rotating, names: readonly RotatedName[], secrets: Secrets) {
  const found = await servers(rotating);
  for (const login of names.flatMap((each) => loginOf(rotating, each, secrets, found))) {
    const step = rotating.progress.step(`logging in as ${login.role}`);
    const verdict = await tried(rotating, login);
    if (verdict === "accepted") {
      step.done();
      continue;
    }
    step.fail();
    const why = verdict === "refused" ? "it is refused" : verdict.failed;
    throw new SoloflowError("verify", `the new ${login.name} does not log in to ${login.service}: ${why}`);
  }
}

function loginOf(
  rotating: Rotating,
  { name }: RotatedName,
  secrets: Secrets,
  found: Awaited<ReturnType<typeof servers>>,
): Login[] {
  const { config } = rotating.project;
  const [stored, secret] = [secrets[name], config.secret[name]];
  const server = found[serverOf(rotating, name) ?? ""];
  if (stored === undefined || secret === undefined || server === undefined) return [];
  const { service, superuser } = server;
  if (stored.kind === "database") {
    const described = databaseSecret(config, name, secret);
    return [
      { name, service, port: portOf(described), database: described.database, ...stored.versions[0].value },
    ];
  }
  const isSet = rolesIn(config, secrets, { [service]: superuser }).some(
    (roles) => roles.service === service && roles.superuser !== undefined,
  );
  if (stored.kind !== "superuser" || !isSet) return [];
  const password = stored.versions[0].value;
  return [{ name, service, port: DEFAULT_PORT, database: "postgres", role: superuser, password }];
}

function portOf({ url }: DatabaseSecret): number {
  return Number(/^(?:jdbc:)?\w+:\/\/[^/]*:(\d+)(?:[/?]|$)/.exec(url)?.[1] ?? DEFAULT_PORT);
}

/** A verdict counts; where there is none it is tried again. */
async function tried(rotating: Rotating, login: Login): Promise<LoginVerdict> {
  const { host } = rotating;
  const { port, database, role } = login;
  const password = new Secret(login.password);
  for (let tries = 1; ; tries += 1) {
    const address = await addressOf(rotating, login.service);
    const verdict: LoginVerdict =
      address === undefined
        ? { failed: "its container has no address" }
        : await host.postgres.login({ address, port, database, role, password, timeoutMs: TIMEOUT_MS });
    if (typeof verdict === "string" || tries === TRIES) return verdict;
    await host.clock.sleep(PAUSE_MS, rotating.signal);
  }
}

async function addressOf({ host, project }: Rotating, service: string): Promise<string | undefined> {
  const containers = await host.engine.containers([
    `${LABEL.composeProject}=${project.config.project}`,
    `${LABEL.composeService}=${service}`,
  ]);
  return Object.values(containers.find(({ state }) => state === "running")?.addresses ?? {})[0];
}
