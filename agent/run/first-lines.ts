/** The beginning of a program's error output, for a message: without blank lines, at most `limit` lines. */
export function firstLines(text: string, limit = 12): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return (lines.length > limit ? [...lines.slice(0, limit), "…"] : lines).join("\n");
}
