import type * as z from "zod";
import { problem } from "./problem.ts";

export type JsonBody<T> = { value: T } | { refusal: Response };

/**
 * The JSON body of a request in the wanted shape, or the answer that refuses
 * it: 415 for another content type (a form of another site can send those
 * without asking), 400 with every fault of the body at once.
 */
export async function readJson<T>(request: Request, shape: z.ZodType<T>): Promise<JsonBody<T>> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    return { refusal: problem("UNSUPPORTED_MEDIA_TYPE", "send JSON with content-type: application/json") };
  }
  const text = await request.text();
  const parsed = shape.safeParse(parse(text));
  if (parsed.success) return { value: parsed.data };
  const fields = parsed.error.issues.map((issue) => ({
    field: issue.path.join(".") || "body",
    message: issue.message,
  }));
  const message = fields.map((fault) => fault.message).join("; ");
  return { refusal: problem("BAD_REQUEST", message, fields) };
}

/** Text that is no JSON has no shape, and is refused as a body of the wrong one. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
