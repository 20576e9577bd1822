import type { Config } from "../../../agent/config/config.ts";
import { parseConfig } from "../../../agent/config/parse.ts";
import type { RotationFacts } from "../../../agent/plan/rotate/facts.ts";
import { isUnderWay } from "../../../agent/plan/rotate/machine.ts";
import type { Rotation } from "../../../agent/plan/rotate/types.ts";
import type { Secrets, StoredSecret } from "../../../agent/plan/secrets.ts";

const TOML = `project = "shop"
[service.gateway]
fingerprints = ":8080/internal/secrets"
[service.provider]
fingerprints = ":8080/internal/secrets"
[secret.API_KEY_PEPPER]
kind = "pepper"
for = ["gateway", "provider"]
every = "90d"
[secret.SESSION_SECRET]
kind = "generated"
for = ["gateway", "provider"]
[secret.SINGLE]
kind = "generated"
for = ["provider"]
accepts = 1
[secret.DATABASE_URL]
kind = "database"
for = ["gateway", "provider"]
[secret.POSTGRES_PASSWORD]
kind = "superuser"
for = ["database"]
[secret.STRIPE_WEBHOOK_SECRET]
kind = "external"
for = ["provider"]
overlap = "2d"
`;

const parsed = parseConfig(TOML, "soloflow.toml");
if (parsed.config === undefined) throw new Error(JSON.stringify(parsed.faults));
export const CONFIG: Config = parsed.config;
export const NAMES = Object.keys(CONFIG.secret);
export const APPS = ["gateway", "provider", "database"] as const;
export const ROLES = ["shop_a", "shop_b"];

/** What an app was given of a secret: the first one issues. */
type Given = readonly { n: number; value: string; role?: string }[];
type Role = { password: string; mayLogIn: boolean };
/** A customer's key: which version of the pepper its row names. `doomed`: it was retired. */
export type Key = { n: number; value: string; doomed: boolean };

export class Killed extends Error {}
export class Failed extends Error {}

/** Store, PostgreSQL and apps in memory. Whatever changes the world is one `effect`, after which it may be killed. */
export class World {
  now = Date.parse("2026-01-01T00:00:00Z");
  readonly versions = new Map<number, Secrets>();
  current = 1;
  readonly roles = new Map<string, Role>(ROLES.map((role) => [role, { password: "", mayLogIn: false }]));
  superuser = "";
  apps: Record<string, Record<string, Given>> = {};
  keys: Key[] = [];
  rotations: Rotation[] = [];
  /** Connections that no app of ours has opened. */
  strangers: string[] = [];
  /** Which value each number of a name has ever stood for. */
  readonly numbers = new Map<string, string>();
  /** The last line of the journal: "expand:before". */
  mark = "";
  killIn = Number.POSITIVE_INFINITY;
  /** Called after each effect. */
  look: () => void = () => {};
  #values = 0;

  constructor() {
    const createdAt = this.time();
    const text = (kind: "pepper" | "generated" | "external"): StoredSecret => ({
      kind,
      versions: [{ n: 1, value: this.value(), createdAt }],
    });
    const salted = { n: 1, createdAt, salt: "salt" };
    this.versions.set(1, {
      API_KEY_PEPPER: text("pepper"),
      SESSION_SECRET: text("generated"),
      SINGLE: text("generated"),
      STRIPE_WEBHOOK_SECRET: text("external"),
      POSTGRES_PASSWORD: { kind: "superuser", versions: [{ ...salted, value: this.value() }] },
      DATABASE_URL: {
        kind: "database",
        versions: [{ ...salted, value: { role: "shop_a", password: this.value() } }],
      },
    });
  }

  time(): string {
    return new Date(this.now).toISOString();
  }

  /** All secret values have this form, so that a leak is found. */
  value(): string {
    this.#values += 1;
    return `canary-${this.#values}-yranac`;
  }

  get secrets(): Secrets {
    const secrets = this.versions.get(this.current);
    if (secrets === undefined) throw new Error(`CURRENT points to ${this.current}, which is not there`);
    return secrets;
  }

  effect(change: () => void): void {
    if (this.killIn <= 0) throw new Killed();
    this.killIn -= 1;
    change();
    this.look();
  }

  facts(): RotationFacts {
    const numbers = [...new Set(this.keys.map(({ n }) => n))];
    const count = (n: number) => this.keys.filter((key) => key.n === n).length;
    return {
      services: { gateway: "overlap", provider: "overlap", database: "replace" },
      usualMs: { gateway: 1_000, provider: 2_000, database: 5_000 },
      keys: { API_KEY_PEPPER: numbers.map((n) => ({ n, count: count(n) })) },
      sessions: Object.fromEntries(ROLES.map((role) => [role, this.sessions(role)])),
      foreign: {},
      rotations: this.rotations,
    };
  }

  sessions(role: string): number {
    const apps = Object.values(this.apps).filter((given) => given.DATABASE_URL?.[0]?.role === role);
    return apps.length + this.strangers.filter((each) => each === role).length;
  }

  /** Somebody has agreed to its end: it was retired, or made with what leaked. */
  isDoomed({ n, doomed }: Key): boolean {
    const leaked = this.rotations.filter(
      ({ cause, cured, result }) => cause === "compromised" && !cured && result !== "aborted",
    );
    const names = leaked.flatMap((rotation) => rotation.names.filter(({ kind }) => kind === "pepper"));
    return doomed || names.some(({ to }) => n < to);
  }

  /** Whether somebody who knows what CURRENT holds can log in; while a rotation moves nobody does. */
  isLogin(name: string): boolean {
    if (this.rotations.some(isUnderWay)) return false;
    const role = this.roles.get(name);
    const login = this.secrets.DATABASE_URL;
    const known = login?.kind === "database" && login.versions.find(({ value }) => value.role === name);
    return role?.mayLogIn === true && (known || undefined)?.value.password === role.password;
  }

  /** A new key is made by the provider. */
  makeKey(): void {
    const issuing = this.apps.provider?.API_KEY_PEPPER?.[0];
    if (issuing !== undefined) this.keys.push({ n: issuing.n, value: issuing.value, doomed: false });
  }

  /** A customer uses a key: the gateway makes its row anew with what it issues. */
  useKey(key: Key): void {
    const issuing = this.apps.gateway?.API_KEY_PEPPER?.[0];
    if (issuing !== undefined) Object.assign(key, { n: issuing.n, value: issuing.value });
  }
}

/** What an app reads of a stored secret. */
export function given(name: string, stored: StoredSecret): Given {
  const all = stored.versions.map(({ n, value }) =>
    typeof value === "string" ? { n, value } : { n, value: value.password, role: value.role },
  );
  const isList =
    stored.kind === "pepper" || (stored.kind === "generated" && CONFIG.secret[name]?.accepts !== 1);
  return isList ? all : all.slice(0, 1);
}
