import { z } from "zod";
import { PORT, period } from "./forms.ts";

/* How a container is asked. */

const within = {
  within: period.optional().describe("How long the first good answer may take after a start. Default 120s."),
};

export const probe = z
  .union(
    [
      z.strictObject({
        http: z
          .string()
          .regex(
            new RegExp(`^:${PORT}/\\S*$`),
            'an HTTP probe is written ":PORT/PATH", for instance ":8080/health"',
          )
          .describe('":PORT/PATH", asked on the container\'s own address; any 2xx or 3xx is good.'),
        ...within,
      }),
      z.strictObject({
        tcp: z
          .string()
          .regex(new RegExp(`^:${PORT}$`), 'a TCP probe is written ":PORT", for instance ":5432"')
          .describe('":PORT"; good when it connects.'),
        ...within,
      }),
      z.strictObject({
        exec: z.array(z.string()).min(1).describe("A command inside the container; good when it exits 0."),
        ...within,
      }),
    ],
    {
      error:
        'a probe is one of { http = ":8080/path" }, { tcp = ":5432" } or { exec = ["program", "argument"] }',
    },
  )
  .describe("A probe: one of http, tcp and exec, and how long the first good answer may take.");

/** Exact, because the ingress bars it. */
export const ownPath = z
  .string()
  .regex(
    new RegExp(`^:${PORT}/[\\w.~/-]+$`),
    'a path of its own is written ":PORT/PATH", for instance ":8080/internal/secrets"',
  );
