import type { Config } from "../../config/config.ts";
import { databaseSecret } from "../../plan/secrets-database.ts";
import type { References } from "../database/keys-by-version.ts";

/** The stack's own; its name says that the rows are its. */
const STACK_PEPPER = "API_KEY_PEPPER";
const STACK_TABLE = { table: "api_key", column: "pepper_version", unless: "revoked_at" };

/** Where rows say which version of a pepper they stand on, and in which service; undefined where nobody says so. */
export function referencesOf(
  config: Config,
  name: string,
): { service: string; references: References } | undefined {
  const secret = config.secret[name];
  if (secret?.kind !== "pepper") return undefined;
  const written: NonNullable<typeof secret.references> | undefined =
    secret.references ?? (name === STACK_PEPPER ? STACK_TABLE : undefined);
  const databases = Object.keys(config.secret).filter((each) => config.secret[each]?.kind === "database");
  const holder = written?.secret ?? (databases.length === 1 ? databases[0] : undefined);
  const login = holder === undefined ? undefined : config.secret[holder];
  if (written === undefined || holder === undefined || login?.kind !== "database") return undefined;
  const { service, database } = databaseSecret(config, holder, login);
  const { table, column, unless } = written;
  return { service, references: { database, table, column, unless } };
}
