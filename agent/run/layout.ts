import { join } from "node:path";
import { sha256 } from "../core/canonical.ts";
import { SoloflowError } from "../core/errors.ts";
import type { Host } from "../host/host.ts";
import { allocateLayout, type Layout, overlaps } from "../plan/layout.ts";
import { INGRESS_NETWORK } from "../plan/service-spec.ts";
import type { Project } from "./project.ts";

/**
 * The addresses on the ingress network: what was given before, and new ones for new services. Nothing is written;
 * `saveLayout` does when a deploy begins. Errors: SoloflowError "state" when the file is not what was written.
 */
export async function readLayout(host: Host, project: Project, services: readonly string[]): Promise<Layout> {
  const text = await host.files.readText(layoutFile(project));
  const previous = text === undefined ? undefined : parseLayout(text, layoutFile(project));
  const { project: name } = project.config;
  const networks = await host.engine.networks();
  const isMade = networks.some((network) => network.name === `${name}_${INGRESS_NETWORK}`);
  const isWhole = services.every((service) => previous?.slots[service] !== undefined);
  if (previous !== undefined && isMade && isWhole) return previous;
  const others = networks.filter((network) => !network.name.startsWith(`${name}_`));
  const taken = [...others.flatMap((network) => network.subnets), ...(await routedSubnets(host))];
  // Chosen once, and another's by now: nothing of this project has an address there yet.
  const isLost = !isMade && taken.some((other) => overlaps(previous?.subnet ?? "", other));
  const kept = previous === undefined || !isLost ? previous : { slots: previous.slots };
  return allocateLayout(kept, services, taken, firstSubnet(name));
}

function firstSubnet(project: string): number {
  return Number.parseInt(sha256(project).slice(0, 2), 16);
}

export async function saveLayout(host: Host, project: Project, layout: Layout): Promise<void> {
  await host.files.writeAtomic(layoutFile(project), JSON.stringify(layout));
}

function layoutFile(project: Project): string {
  return join(project.paths.state, "layout.json");
}

function parseLayout(text: string, file: string): Layout {
  try {
    const { subnet, slots } = JSON.parse(text) as Partial<Layout>;
    const whole =
      typeof subnet === "string" && /^\d+\.\d+\.\d+\.0\/24$/.test(subnet) && typeof slots === "object";
    if (whole && Object.values(slots).every(Number.isInteger)) return { subnet, slots };
  } catch {
    // Not JSON: told below, as any other damage.
  }
  throw new SoloflowError("state", `${file} is damaged`, {
    hint: "remove it and deploy: the ingress and the colours then get new addresses, with a short pause",
  });
}

/** Subnets that the machine routes somewhere, from /proc/net/route; the default route is not one. */
async function routedSubnets(host: Host): Promise<string[]> {
  const table = (await host.files.readText("/proc/net/route")) ?? "";
  return table
    .split("\n")
    .slice(1)
    .flatMap((row) => {
      const [, destination, , , , , , mask] = row.split("\t");
      if (destination === undefined || mask === undefined || mask === "00000000") return [];
      return [`${dotted(destination)}/${bits(mask)}`];
    });
}

/** The kernel prints addresses as hexadecimal in the machine's byte order (little endian here). */
function dotted(hex: string): string {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(".");
}

function bits(hex: string): number {
  return [...Number.parseInt(hex, 16).toString(2)].filter((bit) => bit === "1").length;
}
