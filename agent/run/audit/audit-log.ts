import { join } from "node:path";
import { SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { StoreKeys } from "../../host/secret-store/store-keys.ts";
import {
  type AuditEntry,
  type AuditFault,
  type AuditLine,
  type AuditSeal,
  appended,
  auditFaults,
  auditLines,
  headOf,
} from "../../plan/audit.ts";
import type { ProjectPaths } from "../project.ts";

type Place = { paths: Pick<ProjectPaths, "state"> };

export const auditFile = ({ paths }: Place): string => join(paths.state, "audit.jsonl");
const sealFile = ({ paths }: Place): string => join(paths.state, "audit.seal");

/**
 * Writes entries at the log's end, each once by its id. The project's lock must be held. Who is killed in between has
 * written all of them or none. Errors: SoloflowError "audit" when the log was tampered with: it stays as it is.
 */
export async function appendAudit(
  host: Pick<Host, "files">,
  place: Place,
  keys: StoreKeys,
  entries: readonly AuditEntry[],
): Promise<void> {
  const before = (await host.files.readText(auditFile(place))) ?? "";
  const after = appended(before, entries);
  if (after === before) return;
  await refuseTampered(host, place, keys, before);
  const [now, next] = [headOf(before), headOf(after)];
  await host.files.writeAtomic(sealFile(place), sealed({ now, next }, keys));
  await host.files.writeAtomic(auditFile(place), after);
  await host.files.writeAtomic(sealFile(place), sealed({ now: next }, keys));
}

/** What `audit verify` says: how many lines there are, and what is wrong with them. */
export async function verifyAudit(
  host: Pick<Host, "files">,
  place: Place,
  keys: StoreKeys,
): Promise<{ lines: number; faults: AuditFault[] }> {
  const text = (await host.files.readText(auditFile(place))) ?? "";
  const seal = await readSeal(host, place, keys);
  if (seal === "forged")
    return {
      lines: headOf(text).lines,
      faults: [{ line: 0, what: "its seal was not written by this machine" }],
    };
  return { lines: headOf(text).lines, faults: auditFaults(text, seal) };
}

/** The log as it stands, oldest first; whether it is to be trusted says `verifyAudit`. */
export async function readAudit(host: Pick<Host, "files">, place: Place): Promise<AuditLine[]> {
  return auditLines((await host.files.readText(auditFile(place))) ?? "");
}

/** Before something begins whose end is to be written there. Errors: SoloflowError "audit", as `appendAudit`. */
export async function refuseTamperedAudit(
  host: Pick<Host, "files">,
  place: Place,
  keys: StoreKeys,
): Promise<void> {
  await refuseTampered(host, place, keys, (await host.files.readText(auditFile(place))) ?? "");
}

/** After the machine's key was exchanged: sealed by the new one from here on. */
export async function resealAudit(host: Pick<Host, "files">, place: Place, keys: StoreKeys): Promise<void> {
  const text = await host.files.readText(auditFile(place));
  if (text === undefined) return;
  await refuseTampered(host, place, keys, text);
  await host.files.writeAtomic(sealFile(place), sealed({ now: headOf(text) }, keys));
}

/**
 * After a recovery with a new key: a log that was sealed by a key which is gone can be proven by nobody here. It is kept
 * under another name, and a new one begins. Its path then; undefined where the log is this key's.
 */
export async function setAuditAside(
  host: Pick<Host, "files">,
  place: Place,
  keys: StoreKeys,
  at: string,
): Promise<string | undefined> {
  if ((await readSeal(host, place, keys)) !== "forged") return undefined;
  const aside = (path: string) => `${path}.aside-${at.replaceAll(/[^0-9TZ]/g, "")}`;
  if ((await host.files.stat(auditFile(place))) !== undefined)
    await host.files.rename(auditFile(place), aside(auditFile(place)));
  await host.files.rename(sealFile(place), aside(sealFile(place)));
  return aside(auditFile(place));
}

async function refuseTampered(
  host: Pick<Host, "files">,
  place: Place,
  keys: StoreKeys,
  text: string,
): Promise<void> {
  const seal = await readSeal(host, place, keys);
  if (seal !== "forged" && auditFaults(text, seal).length === 0) return;
  throw new SoloflowError("audit", `${auditFile(place)} is not what was written there`, {
    hint: `soloflow-agent audit verify says where; then move it and ${sealFile(place)} away, and a new log begins`,
  });
}

function sealed(seal: AuditSeal, keys: StoreKeys): string {
  return `${JSON.stringify({ schema: 1, ...seal, mac: keys.mac(bodyOf(seal)) })}\n`;
}

function bodyOf(seal: AuditSeal): string {
  return JSON.stringify({ schema: 1, ...seal });
}

async function readSeal(
  host: Pick<Host, "files">,
  place: Place,
  keys: StoreKeys,
): Promise<AuditSeal | "forged" | undefined> {
  const text = await host.files.readText(sealFile(place));
  if (text === undefined) return undefined;
  try {
    const { now, next, mac }: AuditSeal & { mac?: unknown } = JSON.parse(text);
    const seal: AuditSeal = next === undefined ? { now } : { now, next };
    return keys.verify(bodyOf(seal), mac) ? seal : "forged";
  } catch {
    return "forged";
  }
}
