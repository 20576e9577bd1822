/** Whether everything that a compose file reads is in its text and its variables: files that it names are not. */
export function isSelfContained(text: string): boolean {
  return !/(?<![\w.-])(include|extends|env_file|label_file|develop|configs|secrets)["']?\s*:/.test(text);
}

/** Names of the variables that the texts may use, sorted: `$NAME`, `${NAME…}` and names passed through bare. */
export function composeVariables(texts: readonly string[]): string[] {
  const names = texts.flatMap((text) => [
    ...matches(text, /\$\{?([A-Za-z_][A-Za-z0-9_]*)/g),
    ...matches(text, /^\s*(?:-\s*)?["']?([A-Za-z_][A-Za-z0-9_]*)["']?:?\s*$/gm),
    ...matches(text, /[[{,]\s*["']?([A-Za-z_][A-Za-z0-9_]*)["']?\s*:?\s*(?=[,\]}])/g),
  ]);
  return [...new Set(names)].sort();
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}
