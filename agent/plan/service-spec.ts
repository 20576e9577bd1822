import { canonicalJson, sha256 } from "../core/canonical.ts";
import type { Image } from "../core/container.ts";
import { COLOURS, colourInstance } from "./colour.ts";
import type { ComposeMount, ComposeService } from "./compose-model.ts";
import { type Delivered, SECRETS_TARGET } from "./delivered.ts";
import { LABEL } from "./labels.ts";
import { colourAddress, type Layout } from "./layout.ts";
import { envWrapper } from "./secrets-env-wrapper.ts";
import type { Strategy } from "./strategy.ts";
import type { Instance } from "./unit.ts";

/** Key of the agent's own network in its Compose model. */
export const INGRESS_NETWORK = "soloflow-ingress";

/**
 * The service as the agent runs it: the image pinned, the build gone, the order in the plan's hands, secrets as a
 * folder. A two-colour service also gives its ports and names to the ingress, and its fixed address away.
 */
export function serviceSpec(
  name: string,
  service: ComposeService,
  given: {
    image: string;
    strategy: Strategy;
    secrets: Delivered | undefined;
    imageStart: ImageStart | undefined;
    layout: Layout;
  },
): ComposeService {
  const { image, strategy, secrets, imageStart, layout } = given;
  const { build: _build, depends_on: _order, profiles: _profiles, ...kept } = service;
  const spec: ComposeService = { ...kept, image, labels: { ...service.labels, [LABEL.service]: name } };
  if (strategy === "overlap") {
    delete spec.container_name;
    delete spec.ports;
    delete spec.mac_address;
    const addresses = COLOURS.map((colour) => colourAddress(layout, name, colour));
    spec.labels = { ...spec.labels, [LABEL.addresses]: addresses.join(" ") };
    if (spec.networks !== undefined) spec.networks = withoutIdentity(spec.networks);
  }
  if (secrets === undefined) return spec;
  return withSecrets(withStartWrapper(spec, secrets.env, imageStart), secrets);
}

/** In a network only one container can have an address or a name: the ingress answers to the names. */
function withoutIdentity(
  networks: NonNullable<ComposeService["networks"]>,
): NonNullable<ComposeService["networks"]> {
  const uses = Object.entries(networks).map(([name, use]) => {
    const { aliases: _names, ipv4_address: _v4, ipv6_address: _v6, mac_address: _mac, ...kept } = use ?? {};
    return [name, Object.keys(kept).length === 0 ? null : kept] as const;
  });
  return Object.fromEntries(uses);
}

/** What a container of the image runs where the compose file says nothing. */
export type ImageStart = Image["start"];

/** An app that reads its secrets from the environment starts behind a wrapper: `docker inspect` stays clean. */
function withStartWrapper(
  spec: ComposeService,
  names: readonly string[],
  image: ImageStart | undefined,
): ComposeService {
  if (names.length === 0) return spec;
  const entrypoint = unescaped(spec.entrypoint) ?? image?.entrypoint ?? null;
  // As in Compose: who sets the entrypoint loses the image's command.
  const inherited = spec.entrypoint == null ? (image?.command ?? null) : null;
  const wrapped = envWrapper(entrypoint, unescaped(spec.command) ?? inherited, names);
  return { ...spec, entrypoint: wrapped.entrypoint.map(escape$), command: wrapped.command.map(escape$) };
}

/** Compose reads the model once more: a `$` is written `$$`. */
function escape$(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function unescaped(argv: readonly string[] | null | undefined): string[] | null {
  return argv == null ? null : argv.map((text) => text.replaceAll("$$", "$"));
}

function withSecrets(spec: ComposeService, secrets: Delivered): ComposeService {
  const environment = { ...spec.environment };
  for (const name of [...secrets.files, ...secrets.env]) delete environment[name];
  for (const name of secrets.files) environment[`${name}_FILE`] = `${SECRETS_TARGET}/${name}`;
  return {
    ...spec,
    environment,
    volumes: [...(spec.volumes ?? []), folderBind(secrets.folder, SECRETS_TARGET)],
    labels: { ...spec.labels, [LABEL.secrets]: secretsLabel(secrets.fingerprints) },
  };
}

/** What `LABEL.secrets` says. */
export function secretsLabel(fingerprints: Delivered["fingerprints"]): string {
  const prints = Object.entries(fingerprints).sort(([a], [b]) => (a < b ? -1 : 1));
  return prints.map(([name, print]) => `${name}=${print}`).join(" ");
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
