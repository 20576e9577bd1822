import type { Probe } from "../config/config.ts";
import type { Route } from "./routes.ts";

/** The ingress' own answer, on a port that is published nowhere: it takes connections and obeys its configuration. */
const PATH = "/health";

/** Where its admin endpoint would be, which is a socket here; or the next that no service is served on. */
const FIRST_PORT = 2019;

export function healthPort(routes: readonly Route[]): number {
  const taken = new Set(routes.flatMap(({ listen }) => listen));
  let port = FIRST_PORT;
  while (taken.has(port)) port += 1;
  return port;
}

export function healthSite(routes: readonly Route[]): { address: string; answer: string } {
  return { address: `http://:${healthPort(routes)}`, answer: `respond ${PATH} 200` };
}

/** As the watchdog asks it. */
export function ingressLive(routes: readonly Route[]): Probe {
  return { http: `:${healthPort(routes)}${PATH}` };
}
