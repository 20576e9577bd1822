/** One instruction of a Dockerfile, its continued lines joined by a space. */
export type Instruction = {
  /** In capitals: "FROM". */
  name: string;
  /** "--from=build", in the order written. */
  flags: readonly string[];
  /** What follows the flags; without the bodies of heredocs. */
  rest: string;
  /** Line of its first word, from 1. */
  line: number;
};

const HEREDOC = /(?:^|\s)\d*<<(-?)(["']?)([A-Za-z_][\w.-]*)\2/g;
const HAS_HEREDOCS = new Set(["RUN", "COPY", "ADD"]);

/** The instructions of a Dockerfile. It does not judge: what is no instruction comes out as one with a strange name. */
export function parseDockerfile(text: string): Instruction[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const continued = new RegExp(`\\${escapeCharacter(lines)}[ \\t]*$`);
  const found: Instruction[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (isSkipped(lines[at])) continue;
    const start = at;
    const parts: string[] = [];
    for (; at < lines.length; at += 1) {
      const line = lines[at] ?? "";
      if (at > start && isSkipped(line)) continue;
      parts.push(line.replace(continued, "").trim());
      if (!continued.test(line)) break;
    }
    const instruction = takeApart(parts.join(" "), start + 1);
    found.push(instruction);
    if (HAS_HEREDOCS.has(instruction.name)) at = endOfHeredocs(instruction.rest, lines, at);
  }
  return found;
}

function isSkipped(line: string | undefined): boolean {
  return line === undefined || /^\s*(#|$)/.test(line);
}

function takeApart(logical: string, line: number): Instruction {
  const [, name = "", tail = ""] = /^(\S+)\s*(.*)$/s.exec(logical) ?? [];
  const flags: string[] = [];
  let rest = tail;
  for (let match = /^(--\S+)\s*/.exec(rest); match !== null; match = /^(--\S+)\s*/.exec(rest)) {
    flags.push(match[1] ?? "");
    rest = rest.slice(match[0].length);
  }
  return { name: name.toUpperCase(), flags, rest, line };
}

/** The parser directive `# escape=` stands among the first comments, before anything else. */
function escapeCharacter(lines: readonly string[]): string {
  for (const line of lines) {
    const directive = /^#\s*([A-Za-z]+)\s*=\s*(\S+)/.exec(line.trim());
    if (directive === null) break;
    if (directive[1]?.toLowerCase() === "escape" && directive[2] === "`") return "`";
  }
  return "\\";
}

/** Index of the last line of the instruction's heredocs; `at` itself when there is none, or one that never ends. */
function endOfHeredocs(rest: string, lines: readonly string[], at: number): number {
  let end = at;
  for (const [, dash, , word] of rest.matchAll(HEREDOC)) {
    const close = lines.findIndex(
      (line, index) => index > end && (dash === "-" ? line.replace(/^\t+/, "") : line) === word,
    );
    if (close > 0) end = close;
  }
  return end;
}
