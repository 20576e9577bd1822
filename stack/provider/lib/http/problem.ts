export type ProblemCode =
  | "BAD_REQUEST"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "LIMIT_REACHED"
  | "UNAVAILABLE";

const STATUS: Record<ProblemCode, number> = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  UNSUPPORTED_MEDIA_TYPE: 415,
  LIMIT_REACHED: 409,
  UNAVAILABLE: 503,
};

/** What is wrong with one field of a request's body. */
export type FieldProblem = { field: string; message: string };

/**
 * An error as the JSON API gives it: `{code, message}`, the same two names that
 * Better Auth's own answers have, and `fields` for a body that is not right.
 */
export function problem(code: ProblemCode, message: string, fields?: FieldProblem[]): Response {
  const body = fields ? { code, message, fields } : { code, message };
  return Response.json(body, { status: STATUS[code], headers: { "cache-control": "no-store" } });
}
