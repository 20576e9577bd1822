import type { SecretKind } from "../../config/config.ts";
import { holdsSecret, isSigningSecret } from "../check/secret-names.ts";
import type { ComposeModel, ComposeService } from "../compose-model.ts";

export type SuggestedSecret = {
  name: string;
  kind: SecretKind;
  services: string[];
  /** "env" where nothing says that the program reads NAME_FILE. */
  deliver: "file" | "env";
};

/** Secrets in the services' environment, by their names; sorted. No value leaves this function. */
export function suggestSecrets(model: ComposeModel): SuggestedSecret[] {
  const users = new Map<string, string[]>();
  for (const [service, { environment = {} }] of Object.entries(model.services)) {
    for (const [name, value] of Object.entries(environment)) {
      if (holdsSecret(name, value ?? "")) users.set(name, [...(users.get(name) ?? []), service]);
    }
  }
  return [...users]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, services]) => {
      const readsFiles = services.every((service) => takesFiles(name, model.services[service] ?? {}));
      return { name, kind: kindOf(name, services, model), services, deliver: readsFiles ? "file" : "env" };
    });
}

function kindOf(name: string, services: readonly string[], model: ComposeModel): SecretKind {
  if (/PEPPER/.test(name)) return "pepper";
  const isDatabase = services.some((service) => isPostgres(model.services[service] ?? {}));
  if (name === "POSTGRES_PASSWORD" && isDatabase) return "superuser";
  return isSigningSecret(name) ? "generated" : "external";
}

/** The official image of PostgreSQL reads POSTGRES_PASSWORD_FILE; of others nothing is known. */
function takesFiles(name: string, service: ComposeService): boolean {
  return name === "POSTGRES_PASSWORD" && isPostgres(service);
}

export function isPostgres(service: ComposeService): boolean {
  return /(^|\/)(postgres|postgis|timescaledb|pgvector)(:|@|$)/.test(service.image ?? "");
}
