import { canonicalJson, sha256 } from "../core/canonical.ts";
import { COLOURS, colourInstance } from "./colour.ts";
import type { ComposeMount, ComposeService } from "./compose-model.ts";
import type { Delivered } from "./delivered.ts";
import { LABEL } from "./labels.ts";
import { colourAddress, type Layout } from "./layout.ts";
import type { Strategy } from "./strategy.ts";
import type { Instance } from "./unit.ts";

/** Where a container finds its secrets. */
export const SECRETS_TARGET = "/run/secrets";

/** Key of the agent's own network in its Compose model. */
export const INGRESS_NETWORK = "soloflow-ingress";

/**
 * The service as the agent runs it: the image pinned, the build gone, the order in the plan's hands, secrets as a
 * folder. A two-colour service also gives its ports to the ingress and its fixed name away.
 */
export function serviceSpec(
  name: string,
  service: ComposeService,
  { image, strategy, secrets }: { image: string; strategy: Strategy; secrets: Delivered | undefined },
): ComposeService {
  const { build: _build, depends_on: _order, profiles: _profiles, ...kept } = service;
  const spec: ComposeService = { ...kept, image, labels: { ...service.labels, [LABEL.service]: name } };
  if (strategy === "overlap") {
    delete spec.container_name;
    delete spec.ports;
  }
  return secrets === undefined ? spec : withSecrets(spec, secrets);
}

function withSecrets(spec: ComposeService, secrets: Delivered): ComposeService {
  const environment = { ...spec.environment };
  for (const name of [...secrets.files, ...secrets.env]) delete environment[name];
  for (const name of secrets.files) environment[`${name}_FILE`] = `${SECRETS_TARGET}/${name}`;
  const prints = Object.entries(secrets.fingerprints).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...spec,
    environment,
    volumes: [...(spec.volumes ?? []), folderBind(secrets.folder, SECRETS_TARGET)],
    labels: { ...spec.labels, [LABEL.secrets]: prints.map(([name, print]) => `${name}=${print}`).join(" ") },
  };
}

/** A read-only bind of a folder of this machine that must be there. */
export function folderBind(source: string, target: string, readOnly = true): ComposeMount {
  return { type: "bind", source, target, read_only: readOnly, bind: { create_host_path: false } };
}

export function specHash(spec: ComposeService): string {
  return sha256(canonicalJson(spec));
}

/** The containers a service may have: one, or one of each colour at its fixed address. */
export function instancesOf(
  name: string,
  spec: ComposeService,
  { strategy, layout }: { strategy: Strategy; layout: Layout },
): Instance[] {
  const labels = { ...spec.labels, [LABEL.spec]: specHash(spec) };
  if (strategy !== "overlap") return [{ name, colour: undefined, spec: { ...spec, labels } }];
  return COLOURS.map((colour) => ({
    name: colourInstance(name, colour),
    colour,
    spec: {
      ...spec,
      labels: { ...labels, [LABEL.colour]: colour },
      networks: {
        ...spec.networks,
        [INGRESS_NETWORK]: { ipv4_address: colourAddress(layout, name, colour) },
      },
    },
  }));
}
