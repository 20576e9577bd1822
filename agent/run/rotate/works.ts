import { isDeepStrictEqual } from "node:util";
import { SoloflowError } from "../../core/errors.ts";
import { commitVersion, discardVersion, stageVersion } from "../../host/secret-store/write-store.ts";
import { contractedSecrets, curedSecrets, expandedIssues, stagedSecrets } from "../../plan/rotate/content.ts";
import type { PointName } from "../../plan/rotate/machine.ts";
import type { Rotation } from "../../plan/rotate/types.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { commitSecrets } from "../secrets/commit-secrets.ts";
import { openSecretsOf, storePlace } from "../secrets/open-secrets.ts";
import { adoptDatabases } from "./adopt-databases.ts";
import { auditRotation, auditUse } from "./audit-rotation.ts";
import { closeSessions } from "./close-sessions.ts";
import { currentSecrets } from "./current-secrets.ts";
import { sayForeignLogins } from "./foreign-logins.ts";
import { rollTo } from "./roll-to.ts";
import type { Rotating } from "./rotating.ts";
import { setRolesOf } from "./set-roles.ts";
import { verifyFingerprints } from "./verify-fingerprints.ts";
import { verifyLogins } from "./verify-logins.ts";

/** `closable`: names that may be given up, as they were found before the point was chosen. */
type Work = (rotating: Rotating, rotation: Rotation, closable: readonly string[]) => Promise<void>;

/** What each point does. All look at what is there and do what differs: done again they change nothing. */
export const WORKS: Readonly<Record<PointName, Work>> = {
  stage,
  async "prepare-roles"(rotating, { names, toVersion }) {
    const { secrets } = await openSecretsOf(rotating.host, rotating.project, toVersion);
    await setRolesOf(rotating, names, secrets);
    await adoptDatabases(rotating, names, secrets);
  },
  async expand(rotating, rotation) {
    const staged = await openSecretsOf(rotating.host, rotating.project, rotation.toVersion);
    await rollTo(rotating, namesOf(rotation), staged, expandedIssues(rotation));
  },
  async verify(rotating, { names, toVersion }) {
    const { secrets } = await openSecretsOf(rotating.host, rotating.project, toVersion);
    await verifyLogins(rotating, names, secrets);
    await verifyFingerprints(rotating, names, secrets);
  },
  async commit({ host, project }, { toVersion }) {
    await commitVersion(storePlace(host, project), await openSecretsOf(host, project, toVersion));
  },
  async flip(rotating, rotation) {
    await deliverCurrent(rotating, rotation);
    // What the former login has made since: the new one could not use it.
    await adoptDatabases(rotating, rotation.names, (await currentSecrets(rotating)).secrets);
  },
  soak: auditUse,
  async retire(rotating, rotation, closable) {
    const change = (secrets: Secrets) => contractedSecrets(secrets, rotation, closable);
    const { secrets } = await currentSecrets(rotating);
    sayForeignLogins(rotating, secrets, change(secrets));
    await commitChange(rotating, change);
  },
  contract: deliverCurrent,
  async "close-roles"(rotating, { names }) {
    const { secrets } = await currentSecrets(rotating);
    await setRolesOf(rotating, names, secrets);
    // There are none, but where somebody wanted it closed whatever stands on it.
    await closeSessions(rotating, names, secrets);
  },
  done: (rotating, rotation) => auditRotation(rotating, rotation, rotation.cured ? "cured" : "done"),
  "undo-rollout": deliverCurrent,
  async "undo-roles"(rotating, { names }) {
    await setRolesOf(rotating, names, (await currentSecrets(rotating)).secrets);
  },
  async discard(rotating, rotation) {
    const { host, project } = rotating;
    await discardVersion(storePlace(host, project), rotation.toVersion);
    await auditRotation(rotating, rotation, "aborted");
  },
  async cure(rotating, rotation) {
    await commitChange(rotating, (secrets) => curedSecrets(secrets, rotation));
    await setRolesOf(rotating, rotation.names, (await currentSecrets(rotating)).secrets);
  },
};

function namesOf({ names }: Rotation): string[] {
  return names.map(({ name }) => name);
}

async function stage(rotating: Rotating, { names }: Rotation): Promise<void> {
  const { host, project, fresh } = rotating;
  if (fresh === undefined)
    throw new SoloflowError("rotation", "the new values were lost with the agent that had made them");
  const { secrets } = await currentSecrets(rotating);
  await stageVersion(storePlace(host, project), {
    secrets: stagedSecrets(secrets, names, fresh),
    createdAt: new Date(host.clock.now()).toISOString(),
  });
}

async function deliverCurrent(rotating: Rotating, rotation: Rotation): Promise<void> {
  await rollTo(rotating, namesOf(rotation), await currentSecrets(rotating));
}

/** One more version of the store, where the change makes a difference. */
async function commitChange(rotating: Rotating, change: (secrets: Secrets) => Secrets): Promise<void> {
  const { host, project, progress } = rotating;
  const { secrets } = await currentSecrets(rotating);
  const next = change(secrets);
  if (!isDeepStrictEqual(next, secrets)) await commitSecrets(host, project, next, progress);
}
