import { parse, stringify } from "yaml";

/** A SOPS file before anything of it is decrypted. */
export type SopsDocument = {
  /** The tree without its "sops" member, in the order of the file. */
  tree: Readonly<Record<string, unknown>>;
  /** The data key, sealed to each recipient as an armored age file. */
  age: readonly { recipient: string; enc: string }[];
  /** As it stands in the file: it is the additional data of the MAC. */
  lastModified: string;
  mac: string;
  macOnlyEncrypted: boolean;
};

/** What the file is, if SOPS made it; undefined for any other. YAML, JSON (which is YAML) and env files. */
export function readSops(text: string): SopsDocument | undefined {
  if (/^sops_mac=/m.test(text)) return readFlat(text);
  if (!/^\s*["']?sops["']?\s*:/m.test(text)) return undefined;
  try {
    const { sops, ...tree } = parse(text) as Record<string, unknown>;
    return fromMetadata(tree, sops as Metadata);
  } catch {
    return undefined;
  }
}

type Metadata = {
  age?: unknown;
  lastmodified?: unknown;
  mac?: unknown;
  mac_only_encrypted?: unknown;
};

function fromMetadata(tree: Record<string, unknown>, metadata: Metadata): SopsDocument | undefined {
  const { age, lastmodified, mac, mac_only_encrypted } = metadata;
  const seals = Array.isArray(age) ? age.filter(isSeal) : [];
  if (typeof mac !== "string" || typeof lastmodified !== "string") return undefined;
  return { tree, age: seals, lastModified: lastmodified, mac, macOnlyEncrypted: mac_only_encrypted === true };
}

function isSeal(value: unknown): value is { recipient: string; enc: string } {
  const { recipient, enc } = (value ?? {}) as Record<string, unknown>;
  return typeof recipient === "string" && typeof enc === "string";
}

/** An env file, as SOPS writes it: everything behind the first "=" is the value, newlines in it are written "\\n". */
function readFlat(text: string): SopsDocument | undefined {
  const tree: Record<string, string> = {};
  const metadata: Record<string, string> = {};
  for (const line of text.split("\n").filter((each) => each !== "" && !each.startsWith("#"))) {
    const at = line.indexOf("=");
    const [name, value] = [line.slice(0, at), line.slice(at + 1).replaceAll("\\n", "\n")];
    if (name.startsWith("sops_")) metadata[name.slice("sops_".length)] = value;
    else tree[name] = value;
  }
  const age = Object.keys(metadata).flatMap((name) => {
    const index = /^age__list_(\d+)__map_enc$/.exec(name)?.[1];
    const recipient = metadata[`age__list_${index}__map_recipient`] ?? "";
    return index === undefined ? [] : [{ recipient, enc: metadata[name] ?? "" }];
  });
  const { lastmodified, mac, mac_only_encrypted } = metadata;
  return fromMetadata(tree, { age, lastmodified, mac, mac_only_encrypted: mac_only_encrypted === "true" });
}

export type SopsFormat = "yaml" | "json" | "env";

/** Which one a file is to be, by its name's ending; undefined for an ending that SOPS would not know. */
export function sopsFormat(file: string): SopsFormat | undefined {
  const ending = /\.(ya?ml|json|env)$/.exec(file)?.[1];
  return ending === "yml" ? "yaml" : (ending as SopsFormat | undefined);
}

const VERSION = "3.8.1";

export function writeSops(document: SopsDocument, format: SopsFormat): string {
  const { tree, age, lastModified: lastmodified, mac } = document;
  if (format === "env") return writeFlat(document);
  const sops = { age, lastmodified, mac, unencrypted_suffix: "_unencrypted", version: VERSION };
  return format === "json"
    ? `${JSON.stringify({ ...tree, sops }, null, 2)}\n`
    : stringify({ ...tree, sops }, { lineWidth: 0, blockQuote: "literal" });
}

function writeFlat({ tree, age, lastModified, mac }: SopsDocument): string {
  const seals = age.flatMap(({ recipient, enc }, index) => [
    [`sops_age__list_${index}__map_enc`, enc],
    [`sops_age__list_${index}__map_recipient`, recipient],
  ]);
  const rest = [
    ["sops_lastmodified", lastModified],
    ["sops_mac", mac],
    ["sops_unencrypted_suffix", "_unencrypted"],
    ["sops_version", VERSION],
  ];
  return [...Object.entries(tree), ...seals, ...rest]
    .map(([name, value]) => `${name}=${String(value).replaceAll("\n", "\\n")}\n`)
    .join("");
}
