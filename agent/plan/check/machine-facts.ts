import type { EngineInfo } from "../../core/container.ts";

/** What check knows of the machine. Bytes and milliseconds; undefined is what could not be learned. */
export type MachineFacts = {
  engine: EngineInfo | undefined;
  /** Why there is no engine, in words. */
  engineError: string | undefined;
  /** Version texts; undefined where the program is not there. */
  tools: Readonly<Record<"cli" | "compose" | "buildx", string | undefined>>;
  /** Where Docker keeps images and volumes. */
  disk: { path: string; freeBytes: number } | undefined;
  memory: { totalBytes: number; availableBytes: number } | undefined;
  /** Who holds ports that the project wants, apart from the project itself. */
  takenPorts: readonly TakenPort[];
  nowMs: number;
  /** How far the engine's clock was ahead of ours when it was asked. */
  engineAheadMs: number | undefined;
  /** What the time service says of itself. */
  clockSynchronised: boolean | undefined;
  /** Last change of soloflow.toml: a clock before that is wrong. */
  configChangedMs: number;
  /** State folders of this project that exist. */
  stateFolders: readonly string[];
  /** Size of the images that are there, by name. */
  imageBytes: Readonly<Record<string, number>>;
  /** What each running service uses. */
  usedBytes: Readonly<Record<string, number>>;
};

export type TakenPort = {
  port: number;
  protocol: "tcp" | "udp";
  /** Address that it is bound to; "0.0.0.0" and "::" are all. */
  address: string;
  /** For people: 'nginx (pid 812)', 'container shop-web-1 of project shop'. */
  by: string;
};
