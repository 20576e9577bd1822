/**
 * The value that `make` gave at the first call of this process. A variable of a
 * module would not do: Next.js bundles a module once for pages and once for
 * routes, and each copy would open a pool of its own.
 */
export function onceAProcess<T>(name: string, make: () => T): T {
  const store = globalThis as Record<symbol, unknown>;
  const key = Symbol.for(`soloflow.provider.${name}`);
  store[key] ??= make();
  return store[key] as T;
}
