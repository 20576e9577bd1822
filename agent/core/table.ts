/** Rows as aligned columns, two spaces apart; the last column is not padded. Colour codes count as no width. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => width(row[at] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell + " ".repeat((widths[at] ?? 0) - width(cell))))
      .join("  ")
      .trimEnd(),
  );
}

function width(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins every colour code
  return [...text.replaceAll(/\u001b\[\d+m/g, "")].length;
}
