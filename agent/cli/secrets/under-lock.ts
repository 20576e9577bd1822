import { withOperation } from "../../run/operation.ts";
import type { Project } from "../../run/project.ts";
import type { CliContext } from "../context.ts";

/** What writes the store waits for, or is refused by, every other operation of the project. */
export function underLock<T>(
  context: CliContext,
  project: Project,
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  const { waitMs, progress, signal } = context;
  return withOperation(
    context.host,
    project,
    { kind: `secrets ${action}`, waitMs, progress, signal },
    (operation) => operation.journal(work),
  );
}
