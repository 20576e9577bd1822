import type { Container } from "../core/container.ts";

/** Id of the container in whose network it lives (`network_mode: service:…`); undefined where it has one of its own. */
export function networkParent({ networkMode }: Pick<Container, "networkMode">): string | undefined {
  return /^container:(.+)$/.exec(networkMode)?.[1];
}
