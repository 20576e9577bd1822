/** What a registry (or the way to it) said, and what to do about it. Tried in this order. */
const REASONS: readonly [RegExp, (reference: string) => string][] = [
  [/toomanyrequests|rate limit/i, () => "wait some minutes, or sign in with `docker login`"],
  [
    /denied|unauthorized|authentication required/i,
    () => "check its name; if it is private, sign in with `docker login`",
  ],
  [
    /manifest unknown|not found|does not exist/i,
    () => "check its name and tag; a local image needs a build of its own",
  ],
  [
    /no such host|dial tcp|timeout|timed out|refused|unreachable|network|tls|x509|EOF/i,
    (reference) =>
      `this machine does not reach the registry: check its network, or bring ${reference} with \`docker load\``,
  ],
  [/no space left/i, () => "free some space: `docker system df` shows what images and caches take"],
];

/** Docker's last line on a failed pull, without its wrapping, and a hint. */
export function pullFault(reference: string, stderr: string): { reason: string; hint: string } {
  const line = stderr.trim().split("\n").at(-1) ?? "";
  const reason =
    line.replace(/^(ERROR: )?(Error response from daemon: )?/, "") || "docker pull gave no reason";
  const hint = REASONS.find(([pattern]) => pattern.test(reason))?.[1](reference);
  return { reason, hint: hint ?? `try it by hand: docker pull ${reference}` };
}

/** Counts the layers of a pull from Docker's lines: "3 of 7 layers". */
export class PullOutput {
  readonly #layers = new Map<string, boolean>();

  push(line: string): void {
    const [, layer = "", state = ""] = /^([0-9a-f]{12}): (.+)$/.exec(line) ?? [];
    if (layer !== "") this.#layers.set(layer, /^(Pull complete|Already exists)/.test(state));
  }

  get detail(): string {
    const done = [...this.#layers.values()].filter(Boolean).length;
    return this.#layers.size === 0 ? "" : `${done} of ${this.#layers.size} layers`;
  }
}
