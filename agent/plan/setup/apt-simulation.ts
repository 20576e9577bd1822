/** One line of `apt-get --simulate`: what would be unpacked, from which version to which, or removed. */
type Change = { action: "install" | "remove"; name: string; from: string | undefined };

/**
 * What a simulated installation would do beyond its task, in words; empty when it only adds packages,
 * changes none but `ours` and removes none.
 */
export function unwantedChanges(simulated: string, ours: readonly string[]): string[] {
  return changes(simulated)
    .filter(({ action, name, from }) => action === "remove" || (from !== undefined && !ours.includes(name)))
    .map(({ action, name, from }) => (action === "remove" ? `remove ${name}` : `change ${name} ${from}`));
}

/** "Inst NAME [OLD] (NEW …)", "Remv NAME [OLD]"; a name may carry its architecture. */
function changes(simulated: string): Change[] {
  return simulated.split("\n").flatMap((line) => {
    const match = /^(Inst|Remv|Purg) ([^\s:]+)(?::\S+)?(?: \[([^\]]*)\])?/.exec(line);
    if (match?.[2] === undefined) return [];
    return [{ action: match[1] === "Inst" ? "install" : "remove", name: match[2], from: match[3] }];
  });
}
