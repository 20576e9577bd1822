import { createReadStream } from "node:fs";

/** See `Files.sha256`. Read in pieces: a context may hold files larger than the memory. */
export async function hashFile(path: string): Promise<string> {
  const hash = new Bun.CryptoHasher("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}
