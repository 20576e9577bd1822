import type { Config, SecretConfig } from "../../config/config.ts";
import { postgresOf, rolesOf } from "../../config/rules/secrets.ts";
import type { RotatedName } from "./types.ts";

/**
 * The configuration as a rotation goes by it: names that it rotates are what they were when it began, whatever
 * soloflow.toml says of them by now. What an older agent did not write down is taken from soloflow.toml, and so is a
 * login whose roles another secret has by now: they are not this one's to close.
 */
export function asBegun(config: Config, names: readonly RotatedName[]): Config {
  const begun = names.flatMap((each): [string, SecretConfig][] =>
    each.login === undefined || isTaken(config, each) ? [] : [[each.name, secretOf(config, each)]],
  );
  return { ...config, secret: { ...config.secret, ...Object.fromEntries(begun) } };
}

function secretOf({ secret }: Config, { name, kind, services, login }: RotatedName): SecretConfig {
  const today = secret[name]?.kind === kind ? secret[name] : undefined;
  const { service, database, owner, roles } = login ?? {};
  return {
    ...{ ...today, kind, for: [...services] },
    ...(service === undefined ? {} : { service }),
    ...(database === undefined ? {} : { database }),
    ...(owner === undefined ? {} : { owner }),
    ...(roles === undefined ? {} : { roles: [...roles] }),
  };
}

function isTaken({ secret, project }: Config, { name, kind, login }: RotatedName): boolean {
  return Object.entries(secret).some(([other, each]) => {
    if (other === name || each.kind !== kind || postgresOf(each) !== login?.service) return false;
    return kind === "superuser" || rolesOf(each, project).roles.some((role) => login.roles?.includes(role));
  });
}
