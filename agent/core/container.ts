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
  /** Docker's own restarts of it; a person's or the agent's are not counted. */
  restartCount: number;
  /** Its first process as this machine numbers it; undefined while it does not run. */
  pid: number | undefined;
  restartPolicy: RestartPolicy;
  /** "bridge", a network's name, "host", "none" or "container:ID". */
  networkMode: string;
  /** undefined without a limit. */
  memoryLimitBytes: number | undefined;
  /** From the stop signal to the kill: its own, or Docker's 10 s. */
  graceSeconds: number;
  /** "SIGTERM" unless the container or its image says otherwise. */
  stopSignal: string;
  /** Why the engine could not start it; "" where it could. */
  error: string;
  /** Docker's own health; undefined without a health check. */
  health: ContainerHealth | undefined;
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

/** The engine keeps the word also while the container does not run, or is paused. */
export type ContainerHealth = {
  status: "starting" | "healthy" | "unhealthy";
  failingStreak: number;
  lastOutput: string;
  /** ISO time of the end of the last look; undefined before the first. */
  lastLookAt: string | undefined;
  /** Failures in a row that make it unhealthy. */
  retries: number;
  intervalMs: number;
  timeoutMs: number;
};

/** When Docker itself starts it again. `max` counts for "on-failure" only; 0 is without end. */
export type RestartPolicy = { name: "no" | "always" | "unless-stopped" | "on-failure"; max: number };

/** One line of the engine's list: ten times cheaper than an inspected container. */
export type ContainerSummary = {
  id: string;
  name: string;
  labels: Readonly<Record<string, string>>;
  state: ContainerState;
  /** Docker's own words: "Up 2 hours (healthy)", "Exited (137) 3 seconds ago". */
  status: string;
  /** Milliseconds since the epoch, whole seconds. */
  createdAt: number;
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
