import { EXIT, reason, SoloflowError } from "../../core/errors.ts";

export type Request = {
  method?: "GET" | "POST" | "DELETE";
  /** Begins with "/"; already encoded. */
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  timeoutMs?: number;
  /** Without /v1.44 in front, for what an older engine must answer as well. */
  anyVersion?: boolean;
};

/** An answer that is an error, in Docker's words. */
export function refused(request: Request, status: number, bytes: Uint8Array): SoloflowError {
  const message = messageIn(bytes);
  if (message.includes("is too new")) {
    return new SoloflowError("engine-too-old", `this docker engine is too old: ${message}`, {
      hint: "the agent needs Docker Engine 25 or later; `soloflow-agent setup` says how to get it",
      exitCode: EXIT.noDocker,
    });
  }
  return new SoloflowError("engine", `docker refused ${nameOf(request)}: ${message} (status ${status})`);
}

export function messageIn(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === "string") return message.trim();
  } catch {
    // Not the engine's own form: what it is says it best.
  }
  return text.trim().slice(0, 300);
}

export function noAnswer(request: Request, timeoutMs: number): SoloflowError {
  return new SoloflowError(
    "engine",
    `docker did not answer ${nameOf(request)} within ${timeoutMs / 1_000} s`,
    {
      hint: "`docker ps` should answer at once; look at `journalctl -u docker` if it does not",
    },
  );
}

export function noDocker(socket: string, thrown: unknown): SoloflowError {
  const code = (thrown as NodeJS.ErrnoException).code;
  const denied = code === "EACCES" || code === "EPERM";
  return new SoloflowError(
    "no-docker",
    `docker cannot be reached at ${socket}: ${inWords(code) ?? reason(thrown)}`,
    {
      hint: denied
        ? "run the command as root, or add your user to the group docker"
        : "`soloflow-agent setup` installs and starts it",
      exitCode: EXIT.noDocker,
      cause: thrown,
    },
  );
}

function inWords(code: string | undefined): string | undefined {
  if (code === "ENOENT") return "there is no such socket";
  if (code === "ECONNREFUSED") return "nobody listens there";
  if (code === "EACCES" || code === "EPERM") return "permission denied";
  if (code === "ECONNRESET" || code === "ConnectionClosed") return "it closed the connection";
  return undefined;
}

export function nameOf(request: Request): string {
  return `${request.method ?? "GET"} ${request.path}`;
}
