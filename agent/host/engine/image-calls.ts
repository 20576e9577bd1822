import type { Image } from "../../core/container.ts";
import type { EngineClient } from "./engine-client.ts";
import { readImage } from "./read-image.ts";

const REMOVE_MS = 60_000;

export async function inspectImage(client: EngineClient, reference: string): Promise<Image | undefined> {
  const answer = await client.json({ path: `${path(reference)}/json` });
  return answer && readImage(answer);
}

export async function tagImage(client: EngineClient, image: string, reference: string): Promise<void> {
  const { repository, tag } = splitReference(reference);
  await client.call({ method: "POST", path: `${path(image)}/tag`, query: { repo: repository, tag } });
}

/** An image that a container still uses under its only name keeps it (409). */
export async function untagImage(client: EngineClient, reference: string): Promise<void> {
  await client.call({ method: "DELETE", path: path(reference), timeoutMs: REMOVE_MS }, [404, 409]);
}

/** "registry:5000/name:tag" at its last colon after the last slash; without a tag "latest". */
export function splitReference(reference: string): { repository: string; tag: string } {
  const colon = reference.lastIndexOf(":");
  if (colon <= reference.lastIndexOf("/")) return { repository: reference, tag: "latest" };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

function path(reference: string): string {
  return `/images/${reference.split("/").map(encodeURIComponent).join("/")}`;
}
