/** The four programs that a deploy needs. */
export type Piece = "engine" | "cli" | "compose" | "buildx";

export const PIECES: readonly Piece[] = ["engine", "cli", "compose", "buildx"];

/** What a piece is called when a person reads of it. */
export const PIECE_NAMES: Readonly<Record<Piece, string>> = {
  engine: "Docker Engine",
  cli: "the docker command",
  compose: "Docker Compose",
  buildx: "Docker Buildx",
};

/** The oldest version of each that will do. */
export const LEAST: Readonly<Record<Piece, string>> = {
  // `start_interval` of a health check.
  engine: "25.0",
  // `docker build` is Buildx without being told so.
  cli: "23.0",
  // Earlier ones refuse `start_interval` on engine 25, asking for an API version that does not exist.
  compose: "2.24.1",
  // `--build-context` and several secrets in one build, as Compose 2.24 itself asks for.
  buildx: "0.12",
};

/** The C library that packages of the next release need. */
export const LEAST_GLIBC = "2.34";
