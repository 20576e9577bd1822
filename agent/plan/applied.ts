import { basename } from "node:path";
import { SoloflowError } from "../core/errors.ts";
import type { ComposeService } from "./compose-model.ts";
import { type Delivered, SECRETS_TARGET } from "./delivered.ts";
import type { DeployedUnit } from "./deployed.ts";
import { LABEL } from "./labels.ts";
import { secretsLabel, specHash } from "./service-spec.ts";
import type { Desired, Instance, Unit } from "./unit.ts";

/** The agent's own Compose model as the last deploy left it. */
export type AppliedModel = Pick<Desired, "networks" | "volumes"> &
  Partial<Pick<Desired, "secrets" | "configs">> & {
    services: Readonly<Record<string, ComposeService>>;
    "x-soloflow": { units: readonly DeployedUnit[]; upstreams?: Desired["upstreams"] };
  };

/**
 * What runs, with other secrets for some services: nothing of what a person may have half edited since is in it.
 * `specs` gives the specification of a hash as a deploy had put it on record. `delivered`: by service; who is left out
 * keeps what it has, and so does a service that got no secrets from that deploy.
 * Errors: SoloflowError "state" (with the hint to deploy once) where an older agent did not write down what it takes.
 */
export function appliedDesired(
  project: string,
  model: AppliedModel,
  specs: (hash: string) => ComposeService | undefined,
  delivered: Readonly<Record<string, Delivered>>,
): Desired {
  const { units, upstreams } = model["x-soloflow"];
  if (upstreams === undefined) throw unknown("where the ingress leads to");
  return {
    project,
    units: units.map((unit) => exchanged(unit, model, specs, delivered[unit.service])),
    ...{ networks: model.networks, volumes: model.volumes },
    ...{ secrets: model.secrets ?? {}, configs: model.configs ?? {} },
    upstreams,
    // The file of the ingress stays as it is.
    caddyfile: undefined,
  };
}

function exchanged(
  unit: DeployedUnit,
  model: AppliedModel,
  specs: (hash: string) => ComposeService | undefined,
  delivered: Delivered | undefined,
): Unit {
  const applied = specs(unit.hash);
  if (applied === undefined) throw unknown(`how ${unit.service} was made`);
  const spec = delivered === undefined ? applied : exchangeSecrets(applied, delivered);
  const hash = specHash(spec);
  const instances = unit.instances.map(({ name, colour }): Instance => {
    const own = model.services[name];
    if (own === undefined) throw unknown(`how ${name} was made`);
    return { name, colour, spec: { ...spec, labels: ownLabels(own, spec, hash), ...networksOf(own) } };
  });
  return { ...unit, spec, hash, instances };
}

/** A colour has a label and an address of its own, which stay its own. */
function ownLabels({ labels }: ComposeService, spec: ComposeService, hash: string): Record<string, string> {
  const colour = labels?.[LABEL.colour];
  const own = colour === undefined ? {} : { [LABEL.colour]: colour };
  return { ...spec.labels, ...own, [LABEL.spec]: hash };
}

function networksOf({ networks }: ComposeService): Pick<ComposeService, "networks"> {
  return networks === undefined ? {} : { networks };
}

/** The folder where its secrets lie; undefined for a service without. */
export function secretsFolderOf(spec: ComposeService): string | undefined {
  return spec.volumes?.find(({ target }) => target === SECRETS_TARGET)?.source;
}

/** The same service with other secrets; one without stays without. */
function exchangeSecrets(spec: ComposeService, { folder, files, fingerprints }: Delivered): ComposeService {
  if (secretsFolderOf(spec) === undefined) return spec;
  const kept = Object.entries(spec.environment ?? {}).filter((entry) => !isSecretFile(entry));
  const named = files.map((name) => [`${name}_FILE`, `${SECRETS_TARGET}/${name}`] as const);
  return {
    ...spec,
    environment: Object.fromEntries([...kept, ...named]),
    volumes: (spec.volumes ?? []).map((mount) =>
      mount.target === SECRETS_TARGET ? { ...mount, source: folder } : mount,
    ),
    labels: { ...spec.labels, [LABEL.secrets]: secretsLabel(fingerprints) },
  };
}

/** Whether it is one of those that `withSecrets` sets. */
function isSecretFile([variable, value]: [string, string | null]): boolean {
  return value?.startsWith(`${SECRETS_TARGET}/`) === true && variable === `${basename(value)}_FILE`;
}

function unknown(what: string): SoloflowError {
  return new SoloflowError("state", `it is not written down ${what}: an older agent deployed it`, {
    hint: "deploy once with this version first: soloflow-agent deploy",
  });
}
