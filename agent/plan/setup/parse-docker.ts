/** Output of `docker version --format "{{json .}}"`, which comes without a server too; undefined where it is none. */
export function parseDockerVersion(
  text: string,
): { client: string | undefined; server: string | undefined } | undefined {
  try {
    const document = JSON.parse(text) as { Client?: Side; Server?: Side } | null;
    return { client: versionOf(document?.Client), server: versionOf(document?.Server) };
  } catch {
    return undefined;
  }
}

type Side = { Version?: unknown } | null;

function versionOf(side: Side | undefined): string | undefined {
  return typeof side?.Version === "string" && side.Version !== "" ? side.Version : undefined;
}

/** The first thing in the text that looks like a version: "github.com/docker/buildx v0.12.1 …", "Docker version 27.0.3, …". */
export function firstVersion(text: string): string | undefined {
  return /(?:^|[\sv])(\d+\.\d+(?:\.\d+)*)/.exec(text)?.[1];
}
