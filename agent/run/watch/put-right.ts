import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Watched } from "../../plan/watchdog/container-facts.ts";
import type { KnownProject } from "../known-project.ts";
import { mendSecrets } from "../secrets/mend-secrets.ts";
import { attachForgotten } from "./attach-forgotten.ts";
import type { Complaints } from "./complaints.ts";
import type { Memory } from "./memory.ts";
import type { Speak } from "./speak.ts";

export type PutRightParts = {
  host: Host;
  project: KnownProject;
  memory: Pick<Memory, "attempt">;
  speak: Speak;
  complaints: Complaints;
  signal: AbortSignal;
};

type Voices = Pick<PutRightParts, "speak" | "complaints">;

/**
 * What others have left behind and no restart would mend: a standby that a killed deploy has taken from the ingress,
 * and folders of secrets that went, without which the engine cannot start a container. Never throws.
 */
export async function putRight(parts: PutRightParts, watched: readonly Watched[]): Promise<void> {
  const { host, project, memory } = parts;
  await say(parts, "in the ingress again: standby of", attachForgotten(host, project, memory, watched));
  // Docker does not write down that a bind's source is missing: whoever does not run is asked about.
  if (watched.some(({ facts }) => facts.state !== "running" && facts.state !== "paused"))
    await putSecretsBack(parts);
}

/** Folders of secrets that went are written again: a container whose folder is missing cannot be started. Never throws. */
export async function putSecretsBack(parts: Omit<PutRightParts, "memory">): Promise<void> {
  const { host, project, signal } = parts;
  await say(parts, "secrets written again for", mendSecrets(host, project, { signal }));
}

async function say({ speak, complaints }: Voices, what: string, work: Promise<string[]>): Promise<void> {
  try {
    const services = await work;
    complaints.over(what);
    if (services.length > 0) speak("notice", `${what} ${services.join(", ")}`);
  } catch (thrown) {
    complaints.about(what, "error", reason(thrown));
  }
}
