import type { KeyRow } from "../keys/key-store.ts";

/** What hono carries along with a request. */
export type GatewayEnv = {
  Bindings: {
    /** The address at the other end of the connection. */
    readonly address: string | undefined;
  };
  Variables: {
    requestId: string;
    /** There from the middleware that checks keys on. */
    row: KeyRow;
  };
};
