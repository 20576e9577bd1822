import { SoloflowError } from "../../core/errors.ts";

/*
 * What can be wrong with a store, by name, and the way out. Nothing here is ever repaired silently: a value that
 * was lost or exchanged without a word would end in refused API keys and locked-out databases.
 */

const RECOVER = "or take the newest version that opens: soloflow-agent secrets recover";

export function tornFile(path: string): SoloflowError {
  return new SoloflowError("secrets-torn", `${path} is cut short or was changed`, {
    hint: `put the file back from a backup, ${RECOVER}`,
  });
}

export function pointsToNothing(pointer: string, what: string): SoloflowError {
  return new SoloflowError("secrets-pointer", `${pointer} ${what}`, {
    hint: `put the folder back from a backup, ${RECOVER}`,
  });
}

export function missingIdentity(path: string): SoloflowError {
  return new SoloflowError("secrets-identity", `${path} is missing: nothing else here opens the secrets`, {
    hint: "put the file back from a backup, or use the recovery key: soloflow-agent secrets recover",
  });
}

export function wrongIdentity(path: string, what: string): SoloflowError {
  return new SoloflowError("secrets-identity", `${path} ${what}`, {
    hint: "put the file back from a backup, or use the recovery key: soloflow-agent secrets recover",
  });
}

export function forged(path: string, what: string): SoloflowError {
  return new SoloflowError("secrets-forged", `${path} ${what}`, {
    hint: `find out who writes to this machine; then put the file back from a backup, ${RECOVER}`,
  });
}

export function rolledBack(what: string): SoloflowError {
  return new SoloflowError("secrets-rolled-back", `the secrets were put back to an earlier state: ${what}`, {
    hint: "put the newer files back; where the older values are meant, take them: soloflow-agent secrets recover",
  });
}

export function newerSchema(path: string): SoloflowError {
  return new SoloflowError("secrets-schema", `${path} was written by a newer soloflow-agent`, {
    hint: "use that one; soloflow-agent --version says which this is",
  });
}
