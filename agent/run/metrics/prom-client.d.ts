// The part of prom-client that is loaded: its index takes http, zlib and cluster along, 1.6 MB of private memory.
declare module "prom-client/lib/registry" {
  export default class Registry {
    registerMetric(metric: { readonly name: string; get(): Promise<object> }): void;
    metrics(): Promise<string>;
  }
}
