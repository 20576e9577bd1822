import type { Config, Probe, ServiceConfig } from "../config.ts";
import type { Finding } from "./finding.ts";

/** Rules that look at more than one key of the services. */
export function serviceFindings(config: Config): Finding[] {
  const each = Object.entries(config.service).flatMap(([name, service]) => [
    ...imageAndBuild(name, service),
    ...replaceHasOneColour(name, service),
    ...sameProbes(name, service),
  ]);
  return [...each, ...pathsTaken(config)];
}

function imageAndBuild(name: string, service: ServiceConfig): Finding[] {
  if (service.build === undefined || service.image === undefined) return [];
  return [
    {
      path: ["service", name, "image"],
      severity: "error",
      message: `service.${name} has both build and image`,
      hint: "keep build to build the image here, or image to use a finished one",
    },
  ];
}

function replaceHasOneColour(name: string, service: ServiceConfig): Finding[] {
  if (service.deploy !== "replace") return [];
  const found: Finding[] = [];
  if (service.standby === true) {
    const message = 'standby keeps a second one running, which deploy = "replace" does not have';
    found.push({ path: ["service", name, "standby"], severity: "error", message });
  }
  if (service.drain !== undefined) {
    const message = 'drain has no effect with deploy = "replace": the old one is stopped first';
    found.push({ path: ["service", name, "drain"], severity: "warning", message });
  }
  return found;
}

function sameProbes(name: string, service: ServiceConfig): Finding[] {
  const { live, ready } = service;
  if (live === undefined || ready === undefined || asked(live) !== asked(ready)) return [];
  if ("tcp" in live) return [];
  return [
    {
      path: ["service", name, "live"],
      severity: "warning",
      message:
        "live asks the same as ready: an outage of the database would look like a hang of this service",
      hint: "give live a path that touches nothing else, or leave live out",
    },
  ];
}

function asked(probe: Probe): string {
  if ("http" in probe) return probe.http;
  return "tcp" in probe ? probe.tcp : probe.exec.join("\0");
}

function pathsTaken(config: Config): Finding[] {
  const owners = new Map<string, string>();
  const found: Finding[] = [];
  for (const [name, service] of Object.entries(config.service)) {
    for (const [index, path] of (service.paths ?? []).entries()) {
      const owner = owners.get(path);
      if (owner === undefined) owners.set(path, name);
      else {
        const message = `the path ${path} goes to service.${owner} already`;
        found.push({ path: ["service", name, "paths", index], severity: "error", message });
      }
    }
  }
  return found;
}
