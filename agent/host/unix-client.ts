/**
 * What is told under a path of a unix socket (see `serveUnix`), as text; undefined where nobody answers in time, or
 * with an error: then there is nothing to know.
 */
export async function askUnix(socket: string, path: string, timeoutMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://localhost${path}`, {
      unix: socket,
      keepalive: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return response.ok ? text : undefined;
  } catch {
    return undefined;
  }
}
