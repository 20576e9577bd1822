/** How this very program is called again: the executable, or from source Bun and the source's first file. */
export function ownProgram(): readonly [string, ...string[]] {
  const embedded = Bun.main.startsWith("/$bunfs/");
  return embedded ? [process.execPath] : [process.execPath, Bun.main];
}
