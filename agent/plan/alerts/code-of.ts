const WORDS = 6;

/**
 * A word for programs from a cause in words, without what differs from one time to the next: "no answer for 3.2 s
 * (3 probes)" and "no answer for 4 s" are both "no-answer-for-s". Never empty.
 */
export function codeOf(cause: string): string {
  const [head = ""] = cause.replaceAll(/\[redacted\]|\([^)]*\)/g, " ").split(/[:;\n]/, 1);
  const words = head.toLowerCase().match(/[a-z]+/g) ?? [];
  return words.slice(0, WORDS).join("-") || "watchdog";
}
