/** A block of a Caddyfile, indented; an empty head is the one of the global options. */
export function block(head: string, lines: readonly string[]): string {
  const body = lines.flatMap((line) => line.split("\n")).map((line) => `\t${line}`);
  return [head === "" ? "{" : `${head} {`, ...body, "}"].join("\n");
}

/** A Caddyfile token that may hold spaces; backquotes take everything but themselves. */
export function quote(text: string): string {
  return /^[\w./:*@-]+$/.test(text) ? text : `\`${text.replaceAll("`", "")}\``;
}
