import type { Config } from "../../config/config.ts";
import type { TomlPositions } from "../../config/toml-positions.ts";
import type { ComposeModel } from "../compose-model.ts";
import type { DotenvEntry } from "../dotenv.ts";
import type { Instruction } from "../images/dockerfile.ts";
import type { ComposeSource } from "./compose-source.ts";
import type { MachineFacts } from "./machine-facts.ts";

/** Everything that the rules look at, gathered once by `run/check.ts`. Rules are pure: Subject in, faults out. */
export type Subject = {
  config: Config;
  configSource: { file: string; positions: TomlPositions };
  /** In the order in which they are merged. */
  compose: readonly ComposeSource[];
  model: ComposeModel;
  /** Whether Compose itself resolved the model, or it was read without. */
  resolved: boolean;
  /** What `${NAME}` in a compose file stands for: shell, env file, the agent's own. */
  variables: Readonly<Record<string, string | undefined>>;
  dockerfiles: readonly DockerfileSource[];
  /** Names of the images that are about to be built; undefined stands for all. */
  building: ReadonlySet<string> | undefined;
  envFiles: readonly EnvFile[];
  /** Names that the encrypted store has a value for; undefined when it could not be looked at. */
  stored: ReadonlySet<string> | undefined;
  /** There is a store, and its recovery key was never seen to open it. */
  recoveryUntried: boolean;
  machine: MachineFacts;
};

export type DockerfileSource = {
  /** As faults name it. */
  file: string;
  image: string;
  instructions: readonly Instruction[];
  target: string | undefined;
  args: Readonly<Record<string, string>>;
  /** Services that run the image; none for one that others are built from. */
  services: readonly string[];
  context: ContextFacts;
};

/** What the rules know of a build context. Paths are relative to it. */
export type ContextFacts = {
  /** Its own names, without folders below. */
  names: readonly string[];
  /** Env files with values, anywhere near its top, that .dockerignore does not keep out. */
  envFiles: readonly string[];
  /** Whether anything in it reads secrets from files (NAME_FILE, /run/secrets, configtree). */
  readsSecretFiles: boolean;
  /** Modules that make a client of a service as soon as they are loaded, with a secret from the environment. */
  eagerClients: readonly { file: string; line: number; secret: string }[];
};

export type EnvFile = {
  file: string;
  entries: readonly DotenvEntry[];
  faults: readonly { line: number; message: string }[];
  /** Permission bits. */
  mode: number;
  /** Who reads it: Compose for `${NAME}`, containers by `env_file:`, or nobody. */
  readBy: "compose" | "containers" | "nobody";
  services: readonly string[];
};
