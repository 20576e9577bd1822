import * as z from "zod";

/** No control characters and no halves of a character: such a name could not be shown or stored. */
const NAME_TEXT = /^[^\p{Cc}\p{Cs}]*$/u;

/** The body of `POST /api/keys`. A name is for its owner's eyes only, and need not be unique. */
export const keyRequest = z.strictObject({
  name: z
    .string("name must be text")
    .trim()
    .min(1, "give the key a name")
    .max(80, "a name has at most 80 characters")
    .regex(NAME_TEXT, "a name has no control characters"),
  mode: z.enum(["test", "live"], 'mode is "test" or "live"'),
});

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a key with such an id can exist at all; the database would refuse any other text with an error. */
export function isKeyId(text: string): boolean {
  return UUID.test(text);
}
