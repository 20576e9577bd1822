import type { Fault } from "../../config/fault.ts";
import type { ComposeModel } from "../compose-model.ts";
import { strategyOf } from "../strategy.ts";
import { error, inCompose, inConfig, type Place } from "./places.ts";
import type { Subject } from "./subject.ts";

export type WantedPort = { port: number; protocol: "tcp" | "udp"; address: string; service: string };

/** Every port of the machine that the project will listen on. */
export function wantedPorts({ config, model }: Pick<Subject, "config" | "model">): WantedPort[] {
  const published = Object.entries(model.services).flatMap(([service, { ports = [] }]) =>
    ports.flatMap(({ published: text, host_ip: address = "", protocol }) => {
      const kind = protocol === "udp" ? ("udp" as const) : ("tcp" as const);
      return portsOf(text).map((port) => ({ port, protocol: kind, address, service }));
    }),
  );
  const overlaps = Object.keys(model.services).some(
    (name) => strategyOf(name, config, model as ComposeModel) === "overlap",
  );
  if (config.ingress.domain === undefined || !overlaps) return published;
  const own = [config.ingress.http_port ?? 80, config.ingress.https_port ?? 443];
  return [
    ...published,
    ...own.map((port) => ({ port, protocol: "tcp" as const, address: "", service: "ingress" })),
  ];
}

/** A port taken by something else fails the start, after the old container has gone. */
export function takenPorts(subject: Subject): Fault[] {
  const wanted = wantedPorts(subject);
  return [
    ...wanted.flatMap((want) =>
      subject.machine.takenPorts
        .filter((taken) => clashes(want, taken))
        .slice(0, 1)
        .map(({ by, address, port }) =>
          error("port-taken", placeOf(subject, want), {
            message: `port ${port} for ${want.service} is taken by ${by}${address === "" ? "" : `, on ${address}`}`,
            hint: "stop that, or publish another port",
          }),
        ),
    ),
    ...wantedTwice(subject, wanted),
  ];
}

function wantedTwice(subject: Subject, wanted: readonly WantedPort[]): Fault[] {
  return wanted.flatMap((want, index) => {
    const first = wanted.slice(0, index).find((one) => clashes(want, one));
    if (first === undefined || first.service === want.service) return [];
    return [
      error("port-taken", placeOf(subject, want), {
        message: `port ${want.port} is wanted by ${first.service} and by ${want.service}`,
        hint: "publish one of them on another port",
      }),
    ];
  });
}

type Bound = { port: number; protocol: string; address: string };

function clashes(a: Bound, b: Bound): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return isAll(a.address) || isAll(b.address) || a.address === b.address;
}

function isAll(address: string): boolean {
  return address === "" || address === "0.0.0.0" || address === "::";
}

function placeOf(subject: Subject, { service, port }: WantedPort): Place {
  if (service === "ingress" && subject.model.services.ingress === undefined) {
    const key = port === (subject.config.ingress.http_port ?? 80) ? "http_port" : "https_port";
    return inConfig(subject, ["ingress", subject.config.ingress[key] === undefined ? "domain" : key]);
  }
  const ports = subject.model.services[service]?.ports ?? [];
  const index = ports.findIndex(({ published }) => portsOf(published).includes(port));
  return inCompose(subject, ["services", service, "ports", index]);
}

/** "8080", or each of "8080-8082"; none where Docker chooses. */
function portsOf(published: string | undefined): number[] {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(published ?? "") ?? [];
  if (first === undefined || Number(first) === 0) return [];
  const count = last === undefined ? 1 : Math.min(1_000, Number(last) - Number(first) + 1);
  return Array.from({ length: Math.max(1, count) }, (_, offset) => Number(first) + offset);
}
