const REDACTED = "[redacted]";

/** Longer than any sentence of the agent's own; what is longer quotes somebody. */
const LONGEST = 300;

/** Random enough to be a key: so long, with letters and digits. Names of services are recognised and kept. */
const KEY_LIKE = /[A-Za-z0-9+/=_~.-]{16,}/g;

/** What a probe was answered, and what the agent itself says behind that; between them stands what the app said. */
const ANSWER =
  /\b(status \d{3}|exit code \d+):.*?(; it is well again|; it still does not serve|; not restarted: it is only reported on)?$/;

/** Word, then a sign, then the value: `password=…`, `"token": "…"`, `authorization: bearer …`. */
const NAMED =
  /((?:pass(?:word|wd|phrase)?|secret|token|api[-_]?key|key|auth(?:orization)?|cookie|credentials?|pepper|dsn)["']?\s*[=:]\s*)(?:(?:bearer|basic)\s+)?("[^"]*"|'[^']*'|[^\s,;&]+)/gi;

/**
 * A line that may leave the machine: one line, nothing that an app answered (behind a status or an exit code), URLs without credentials,
 * query and fragment, no value that is called secret and none that looks like a key. Redacting twice changes nothing.
 */
export function redact(text: string): string {
  const line = firstLine(text)
    .replace(ANSWER, "$1$2")
    .replaceAll(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, bareUrl)
    .replaceAll(NAMED, `$1${REDACTED}`)
    .replaceAll(KEY_LIKE, (word) => (isReadable(word) ? word : REDACTED));
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Also without the signs that move a terminal's cursor or begin a mail's next header. */
function firstLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const [line = ""] = text.trim().split(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/, 1);
  return line;
}

/** What is no URL after all is given away whole: it may be half of one. */
function bareUrl(text: string): string {
  const [, scheme = "", rest = ""] = /^([^:]+):\/\/(.*)$/.exec(text) ?? [];
  const [authority = "", ...path] = (rest.split(/[?#]/, 1)[0] ?? "").split("/");
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const beyond = path.slice(0, -1).some((part) => part.includes("@"));
  return beyond ? `${scheme}://${REDACTED}` : `${scheme}://${[host, ...path].join("/")}`;
}

/** Words with signs between them, and small numbers: "customer-api-gateway-v2", "/actuator/health/liveness". */
function isReadable(word: string): boolean {
  return word
    .split(/[-/_.=+~]/)
    .every((part) =>
      /^[a-z]{0,15}$|^[A-Z]?[a-z]{1,15}$|^[A-Z]{1,15}$|^[a-z]{0,12}\d{1,5}$|^\d{1,5}[a-z]?$/.test(part),
    );
}
