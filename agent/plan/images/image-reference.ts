/** "registry:5000/team/app:1.2@sha256:…" taken apart; `name` in the short form Docker shows ("postgres"). */
export type ImageReference = { name: string; tag: string | undefined; digest: string | undefined };

export function parseImageReference(text: string): ImageReference {
  const [beforeDigest = "", digest] = text.split("@", 2);
  const match = /:([\w][\w.-]*)$/.exec(beforeDigest);
  const name = match === null ? beforeDigest : beforeDigest.slice(0, match.index);
  return { name: name.replace(/^(index\.)?docker\.io\/(library\/)?/, ""), tag: match?.[1], digest };
}

/** Whether the reference means the newest local build of `name`. */
export function meansLatest(reference: string, name: string): boolean {
  const { name: its, tag, digest } = parseImageReference(reference);
  return its === name && (tag ?? "latest") === "latest" && digest === undefined;
}
