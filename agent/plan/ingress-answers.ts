import { DOMAIN_PORTS } from "./https-origin.ts";
import type { Route } from "./routes.ts";

/**
 * What a listener of the ingress is called in its metrics, where all that it answers comes from one container of one
 * service; undefined where several answer, or where a standby does: a good answer then says nothing of the other one.
 */
export function listenerName({ service, standby }: Route, port: number): string | undefined {
  return standby === undefined ? `${service}/${port}` : undefined;
}

/** Listeners that have a name, by port: the plain ones, and that of a domain with one service. */
export function namedListeners(routes: readonly Route[], hasDomain: boolean): Map<number, string> {
  const plain = routes.flatMap((route) => route.listen.map((port) => [route, port] as const));
  const [only, ...others] = routes;
  const all =
    hasDomain && only !== undefined && others.length === 0
      ? [...plain, [only, DOMAIN_PORTS.https] as const]
      : plain;
  const named = all.flatMap(([route, port]): [number, string][] => {
    const name = listenerName(route, port);
    return name === undefined ? [] : [[port, name]];
  });
  return new Map(named);
}

/**
 * Good answers that customers of one service got so far, from the counts of all listeners; undefined where they are
 * not counted. They begin anew when the ingress does.
 */
export function goodAnswersOf(counts: ReadonlyMap<string, number>, service: string): number | undefined {
  const own = [...counts].filter(([listener]) => listener.startsWith(`${service}/`));
  return own.length === 0 ? undefined : own.reduce((sum, [, count]) => sum + count, 0);
}
