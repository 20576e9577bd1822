/** One look at an app from this machine. `answered` is false when nobody was there to answer. */
export type ProbeResult = {
  good: boolean;
  answered: boolean;
  detail: string;
  /**
   * Which way it went: an answer of whatever status, no answer in time, nobody listens (or there is no way
   * there, which the runtime tells as the same), or a connection that broke.
   */
  kind?: "answer" | "timeout" | "refused" | "error";
  /** Of an answer by HTTP. */
  status?: number;
  /**
   * After a timeout, where the probe was to wait on: milliseconds from the probe's start to the first byte of the
   * answer that came late, or undefined when none came.
   */
  late?: Promise<number | undefined>;
};
