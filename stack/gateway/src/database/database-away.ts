/** Why the database cannot be used now, in words that are fit for anybody's eyes. */
export type AwayReason =
  | "database does not answer"
  | "database cannot be reached"
  | "database refuses the login"
  | "database schema is missing";

/** No answer from the database: the caller says 503 and never guesses. `cause` has the detail, for the log. */
export class DatabaseAway extends Error {
  readonly reason: AwayReason;

  constructor(reason: AwayReason, cause?: unknown) {
    super(reason, { cause });
    this.name = "DatabaseAway";
    this.reason = reason;
  }
}
