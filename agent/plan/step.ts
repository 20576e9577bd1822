import type { Colour } from "./colour.ts";

/** How a start is taken back when something later in the same deploy fails. */
export type Undo =
  | { kind: "remove" }
  /** Start what was there before, by the hash of its specification. */
  | { kind: "restore"; spec: string }
  /** It was there and stopped; it may stay. */
  | { kind: "nothing" }
  /** A one-shot has run: what it did stays done. */
  | { kind: "impossible"; why: string };

export type Start = {
  service: string;
  /** Service of the agent's own model. */
  instance: string;
  /** Wait for its readiness, or for its end with exit code 0. */
  until: "ready" | "completed";
  /** Id of a container made of the same that goes: what is waited for is another one. */
  former?: string;
  undo: Undo;
};

/** What the executor does, one after the other. Data only: every decision has been taken. */
export type Step =
  /** One call of Compose; then all of them are awaited side by side. */
  | { do: "start"; starts: readonly Start[] }
  /** Owner and login roles of the database. */
  | { do: "roles"; service: string }
  /** Gives its ports up to what starts next; it is removed at the end, and started again when the deploy fails. */
  | { do: "stop"; service: string; container: { id: string; name: string }; cause: string }
  /** The ingress asks nobody but the colour that serves, and the standby's last requests end: it may stop then. */
  | { do: "detach"; service: string; standby: Colour; limitMs: number; cause: string }
  | { do: "flip"; service: string; to: Colour; cause: string }
  /** Wait until the ingress has no request in flight on that colour, at most `limitMs`. */
  | { do: "drain"; service: string; colour: Colour; limitMs: number; cause: string }
  | { do: "remove"; service: string; container: { id: string; name: string }; cause: string }
  /** Starts the colour that does not serve, once customers have the one that does. The ingress asks it when it is ready. */
  | { do: "standby"; start: Start; cause: string }
  /** The ingress asks the standby again whenever the other one does not answer. */
  | { do: "attach"; service: string; cause: string };
