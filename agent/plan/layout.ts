import { SoloflowError } from "../core/errors.ts";
import { COLOURS, type Colour } from "./colour.ts";

/**
 * Fixed addresses of the ingress and the colours on a network of their own. Names of a colour that is not running
 * would be looked up outside the machine by Docker's DNS, so the ingress knows addresses, not names.
 */
export type Layout = {
  /** A /24, for instance "10.219.7.0/24". */
  subnet: string;
  /** Two-colour service to its slot; a slot is never given to another service while the project lives. */
  slots: Readonly<Record<string, number>>;
};

/** The first addresses belong to Docker's gateway and the ingress; a slot takes two. */
const FIRST_SLOT_ADDRESS = 4;
const MAX_SLOTS = 120;

/**
 * Keeps what is there, gives new services the next slots and, where there is none, a free subnet of 10.219.0.0/16:
 * the first from number `from` (0 to 255) on, so that two projects which look at once rarely find the same.
 * `taken` are subnets in use ("172.17.0.0/16"). Errors: SoloflowError "layout" when nothing is free.
 */
export function allocateLayout(
  previous: (Pick<Layout, "slots"> & Partial<Layout>) | undefined,
  services: readonly string[],
  taken: readonly string[],
  from = 0,
): Layout {
  const slots: Record<string, number> = { ...previous?.slots };
  for (const service of [...services].sort()) {
    slots[service] ??= Math.max(-1, ...Object.values(slots)) + 1;
  }
  if (Object.values(slots).some((slot) => slot >= MAX_SLOTS)) {
    throw new SoloflowError("layout", `more than ${MAX_SLOTS} two-colour services in one project`);
  }
  return { subnet: previous?.subnet ?? freeSubnet(taken, from), slots };
}

function freeSubnet(taken: readonly string[], from: number): string {
  for (let tried = 0; tried < 256; tried += 1) {
    const subnet = `10.219.${(from + tried) % 256}.0/24`;
    if (!taken.some((other) => overlaps(subnet, other))) return subnet;
  }
  throw new SoloflowError("layout", "no free subnet in 10.219.0.0/16 for the ingress network", {
    hint: "remove networks of old projects with `docker network rm NAME`",
  });
}

export function ingressAddress(layout: Layout): string {
  return address(layout, 2);
}

export function colourAddress(layout: Layout, service: string, colour: Colour): string {
  const slot = layout.slots[service];
  if (slot === undefined)
    throw new SoloflowError("layout", `${service} has no address on the ingress network`);
  return address(layout, FIRST_SLOT_ADDRESS + 2 * slot + COLOURS.indexOf(colour));
}

function address(layout: Layout, last: number): string {
  return layout.subnet.replace(/\.\d+\/\d+$/, `.${last}`);
}

/** Whether two IPv4 subnets in CIDR form share an address; other forms (IPv6) never do. */
export function overlaps(a: string, b: string): boolean {
  const [first, second] = [range(a), range(b)];
  return first !== undefined && second !== undefined && first.from <= second.to && second.from <= first.to;
}

function range(cidr: string): { from: number; to: number } | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  if (match === null) return undefined;
  const [, a, b, c, d, bits] = match.map(Number) as [number, number, number, number, number, number];
  const size = 2 ** (32 - bits);
  const from = Math.floor((((a * 256 + b) * 256 + c) * 256 + d) / size) * size;
  return { from, to: from + size - 1 };
}
