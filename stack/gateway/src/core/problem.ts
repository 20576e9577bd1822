/** Every refusal that the gateway makes itself: `{error, message}` in JSON, never cached. */
export type Problem = {
  readonly status: number;
  /** Stable, for programs: `unauthorized`, `rate_limited`, … */
  readonly error: string;
  /** For people; says nothing of the inside. */
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export function problemResponse(problem: Problem): Response {
  const { status, error, message, headers } = problem;
  return Response.json({ error, message }, { status, headers: { "cache-control": "no-store", ...headers } });
}
