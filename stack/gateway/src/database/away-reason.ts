import { DeadlineMissed } from "../core/deadline.ts";
import type { AwayReason } from "./database-away.ts";

/** SQLSTATE classes, from PostgreSQL's manual, appendix A. */
const LOGIN_REFUSED = /^28/;
const NO_SUCH_OBJECT = /^(42|3D|3F)/;
const CANCELLED_FOR_TIME = "57014";

/** Sorts what a driver threw; `errno` is PostgreSQL's SQLSTATE where the server itself answered. */
export function awayReason(error: unknown): AwayReason {
  if (error instanceof DeadlineMissed) return "database does not answer";
  const { errno, code } = error as { errno?: unknown; code?: unknown };
  if (code === "ERR_POSTGRES_CONNECTION_TIMEOUT") return "database does not answer";
  if (typeof errno !== "string") return "database cannot be reached";
  if (errno === CANCELLED_FOR_TIME) return "database does not answer";
  if (LOGIN_REFUSED.test(errno)) return "database refuses the login";
  return NO_SUCH_OBJECT.test(errno) ? "database schema is missing" : "database cannot be reached";
}
