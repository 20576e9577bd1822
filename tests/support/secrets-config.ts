import type { Config } from "../../agent/config/config.ts";
import { parseConfig } from "../../agent/config/parse.ts";

/** A configuration with one secret of each kind; `extra` is added to the TOML text. */
export function secretsConfig(extra = "", project = "shop"): Config {
  const text = `project = "${project}"
[service.gateway]
fingerprints = ":8080/internal/secrets"
[service.provider]
fingerprints = ":8080/internal/secrets"
[secret.API_KEY_PEPPER]
kind = "pepper"
for = ["gateway", "provider"]
[secret.BETTER_AUTH_SECRET]
kind = "generated"
for = ["provider"]
length = 48
[secret.DATABASE_URL]
kind = "database"
for = ["gateway", "provider"]
[secret.POSTGRES_PASSWORD]
kind = "superuser"
for = ["database"]
[secret.STRIPE_SECRET_KEY]
kind = "external"
for = ["provider"]
optional = true
${extra}`;
  const { config, faults } = parseConfig(text, "soloflow.toml");
  if (config === undefined) throw new Error(JSON.stringify(faults));
  return config;
}
