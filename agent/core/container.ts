/** What the agent reads of the engine; the engine's own JSON is validated and cut down to this in `host/engine.ts`. */
export type ContainerState = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";

export type Container = {
  id: string;
  name: string;
  /** Image id, "sha256:…". */
  image: string;
  labels: Readonly<Record<string, string>>;
  state: ContainerState;
  exitCode: number;
  oomKilled: boolean;
  /** ISO time of the last start with the engine's precision; undefined when it never started. */
  startedAt: string | undefined;
  finishedAt: string | undefined;
  restartCount: number;
  /** Docker's own health; undefined without a health check. */
  health:
    | { status: "starting" | "healthy" | "unhealthy"; failingStreak: number; lastOutput: string }
    | undefined;
  /** Network name to the container's address in it ("" while it is not running). */
  addresses: Readonly<Record<string, string>>;
  /** "127.0.0.1:8080->8080/tcp" taken apart. */
  ports: readonly PublishedPort[];
  mounts: readonly {
    type: string;
    source: string;
    name: string | undefined;
    target: string;
    readOnly: boolean;
  }[];
  /** The user the process runs as: "10001:10001", "postgres", or "" for the image's own. */
  user: string;
};

export type PublishedPort = {
  hostIp: string;
  hostPort: number;
  containerPort: number;
  protocol: "tcp" | "udp";
};

export type Image = {
  id: string;
  tags: readonly string[];
  digests: readonly string[];
  labels: Readonly<Record<string, string>>;
  sizeBytes: number;
  createdAt: string;
  /** Config.User of the image. */
  user: string;
  /** "8080/tcp", … */
  exposedPorts: readonly string[];
  /** What a container of it runs, unless told otherwise. */
  start: { entrypoint: readonly string[]; command: readonly string[] };
};

export type Network = {
  id: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  subnets: readonly string[];
};

export type Volume = { name: string; labels: Readonly<Record<string, string>>; mountpoint: string };

export type EngineInfo = {
  version: string;
  apiVersion: string;
  rootDir: string;
  storageDriver: string;
  cpus: number;
  memoryBytes: number;
  /** ISO time of the engine's own clock. */
  systemTime: string;
};
