import type { Fault } from "../../config/fault.ts";
import { interpolate } from "./interpolate.ts";
import { error, inConfig, warning } from "./places.ts";
import { rawEnvironment } from "./raw-environment.ts";
import type { Subject } from "./subject.ts";

/** Names that tell an app its own public address. */
const PUBLIC_ADDRESS =
  /^(BETTER_AUTH_URL|NEXTAUTH_URL|AUTH_URL|APP_URL|BASE_URL|PUBLIC_URL|SITE_URL|NEXT_PUBLIC_(APP|SITE|BASE)_URL)$/;

/** With the wrong address people are sent to their own machine after signing in, and cookies are refused. */
export function publicAddresses(subject: Subject): Fault[] {
  const { domain } = subject.config.ingress;
  return rawEnvironment(subject).flatMap(({ service, name, raw, place }) => {
    if (raw === null || !PUBLIC_ADDRESS.test(name)) return [];
    const value = interpolate(raw, subject.variables);
    if (!/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(value)) return [];
    // The agent fills this one in from the domain; without one the fault is the missing domain.
    if (domain === undefined && raw.includes("SOLOFLOW_ORIGIN")) return [];
    if (domain === undefined) {
      return [
        warning("url-localhost", place, {
          message: `${name} of ${service} says localhost: signing in works on this machine only`,
          hint: 'set domain = "…" in [ingress] of soloflow.toml, or write the address that people use',
        }),
      ];
    }
    return [
      error("url-localhost", place, {
        message: `${name} of ${service} says localhost, and people come to https://${domain}`,
        hint: `write ${name}: \${SOLOFLOW_ORIGIN}, which the agent fills in`,
      }),
    ];
  });
}

/** Keys, passwords and sessions in plain HTTP can be read on their way. */
export function transport(subject: Subject): Fault[] {
  const { config, model } = subject;
  if (config.ingress.domain !== undefined) return [];
  const open = Object.entries(model.services).filter(
    ([name, { ports = [] }]) =>
      config.service[name]?.ready !== undefined && "http" in config.service[name].ready && ports.some(isOpen),
  );
  if (open.length === 0) return [];
  return [
    warning("no-https", inConfig(subject, ["ingress"]), {
      message: `no domain: ${open.map(([name]) => name).join(" and ")} answer in plain HTTP, keys and passwords travel in clear`,
      hint: 'set domain = "…" in [ingress]; it gives HTTPS with certificates, redirect and HSTS',
    }),
  ];
}

/** Whether a port can be reached from other machines. */
export function isOpen({ host_ip: address, published }: { host_ip?: string; published?: string }): boolean {
  return published !== undefined && !/^(127\.|::1$|localhost$)/.test(address ?? "");
}
