import { auditChange } from "../../run/audit/audit-change.ts";
import { type Operation, withOperation } from "../../run/operation.ts";
import type { Project } from "../../run/project.ts";
import { settleRotations } from "../../run/rotate/settle.ts";
import type { CliContext } from "../context.ts";
import { whoAsks } from "../who-asks.ts";

/** What writes the store waits for, or is refused by, every other operation of the project. */
export function underLock<T>(
  context: CliContext,
  project: Project,
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  return locked(context, project, action, (operation) => operation.journal(work));
}

/** As `underLock`, for what writes values: a rotation that was interrupted would write over them, so it is settled first. */
function settledUnderLock<T>(
  context: CliContext,
  project: Project,
  action: string,
  work: () => Promise<T>,
): Promise<T> {
  const { host, progress, signal } = context;
  return locked(context, project, action, async (operation) => {
    await settleRotations({ host, project, operation, progress, signal });
    return operation.journal(work);
  });
}

/**
 * As `settledUnderLock`, and what was done is in the audit log when it returns. `namesOf`: who has another value since.
 */
export function audited<T>(
  context: CliContext,
  project: Project,
  { action, what }: { action: string; what: string },
  work: () => Promise<T>,
  namesOf: (result: T) => readonly string[],
): Promise<T> {
  const { host, progress } = context;
  return settledUnderLock(context, project, action, async () => {
    const result = await work();
    await auditChange(host, project, { what, names: namesOf(result), who: whoAsks(host) }, progress);
    return result;
  });
}

function locked<T>(
  { host, waitMs, progress, signal }: CliContext,
  project: Project,
  action: string,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  return withOperation(host, project, { kind: `secrets ${action}`, waitMs, progress, signal }, work);
}
