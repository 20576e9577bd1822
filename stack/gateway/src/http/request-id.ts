const FIT = /^[\w.:-]{1,128}$/;

/** The caller's own X-Request-Id where it is fit for a log, else a new one. */
export function requestId(given: string | undefined): string {
  return given !== undefined && FIT.test(given) ? given : crypto.randomUUID();
}
