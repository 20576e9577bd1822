import type { Progress } from "../../agent/core/progress.ts";

/** Progress that keeps what it was told, one line each: "building x", "✓ building x: 2 MB", "✗ …", "… detail". */
export type RecordedProgress = Progress & { readonly lines: readonly string[] };

export function recordedProgress(): RecordedProgress {
  const lines: string[] = [];
  const end = (mark: string, title: string) => (note?: string) =>
    void lines.push(`${mark} ${title}${note === undefined ? "" : `: ${note}`}`);
  return {
    lines,
    step: (title) => {
      lines.push(title);
      return { detail: (text) => void lines.push(`… ${text}`), done: end("✓", title), fail: end("✗", title) };
    },
    say: (line) => void lines.push(line),
    warn: (line, hint) => void lines.push(hint === undefined ? line : `${line} (${hint})`),
  };
}
