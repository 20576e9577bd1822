import type { Probe } from "../config/config.ts";
import type { Colour } from "./colour.ts";
import type { ComposeNetwork, ComposeService, ComposeVolume } from "./compose-model.ts";
import type { Strategy } from "./strategy.ts";
import type { ServiceMode } from "./watchdog/model.ts";

/** One service as it should be. */
export type Unit = {
  service: string;
  strategy: Strategy;
  /** sha256 of `spec`; containers carry it as a label. */
  hash: string;
  /** The resolved service without what differs between colours. Holds no secret value. */
  spec: ComposeService;
  /** One, or for a two-colour service both colours. */
  instances: readonly Instance[];
  /** Services of this plan that must be ready (or completed) before this one starts. */
  needs: readonly string[];
  ready: Probe | undefined;
  readyWithinMs: number;
  drainMs: number;
  /** Whether the container has a health check of its own: what stands in for a missing `ready`. */
  healthcheck: boolean;
  /** Says that the process works, whatever its database does. */
  live: Probe | undefined;
  watch: ServiceMode;
  /** Both colours run. */
  standby: boolean;
  /** With a standby: a slower answer counts as a hang. */
  answerWithinMs: number;
  /** Where it tells fingerprints of its secrets, inside of its container's network. */
  fingerprints?: { port: number; path: string } | undefined;
};

/** One service of the agent's own Compose model. */
export type Instance = {
  /** Its name in that model: "gateway-green", "database". */
  name: string;
  colour: Colour | undefined;
  spec: ComposeService;
};

/** Everything as it should be, in an order in which it can be started. */
export type Desired = {
  project: string;
  units: readonly Unit[];
  networks: Readonly<Record<string, ComposeNetwork | null>>;
  volumes: Readonly<Record<string, ComposeVolume | null>>;
  secrets: Readonly<Record<string, unknown>>;
  configs: Readonly<Record<string, unknown>>;
  /** Upstream "address:port" of every colour: where requests in flight are counted. */
  upstreams: Readonly<Record<string, Readonly<Record<Colour, readonly string[]>>>>;
  /** Text of the ingress' configuration; undefined when nothing overlaps. */
  caddyfile: string | undefined;
};
