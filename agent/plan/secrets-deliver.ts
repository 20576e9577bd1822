import type { Config, SecretConfig } from "../config/config.ts";
import { SoloflowError } from "../core/errors.ts";
import type { Secrets, StoredSecret } from "./secrets.ts";
import { databaseSecret, renderLogin } from "./secrets-database.ts";
import { readVersionList } from "./version-list.ts";

/** How a stored secret becomes the text of a file, without the configuration. Holds no value. */
export type FileForm = {
  /** Of a database login: with {role} and {password}. */
  url?: string | undefined;
  /** Number of the version that issues, where it is not the first: the apps learn a new one before they use it. */
  issues?: number | undefined;
  /** The app accepts one value: no list, ever. */
  bare?: boolean | undefined;
  /** The value that issued before, of this secret: the vendor still uses it. */
  previousOf?: string | undefined;
};

/** The files of one service's folder. */
export type ServiceFiles = {
  service: string;
  /** NAME to content, in the order of the names. */
  files: Readonly<Record<string, string>>;
  /** The same names: what it takes to write the same files again without soloflow.toml. */
  forms: Readonly<Record<string, FileForm>>;
  /** Names that the app reads from its environment. */
  env: readonly string[];
  /**
   * Names whose value may change in place: PostgreSQL reads the superuser's password at its very first start
   * only, and a restart of the database for it would be a price for nothing.
   */
  inPlace: readonly string[];
};

/**
 * The text an app reads. Peppers and generated secrets are bare while the one accepted version is the first (and the
 * value itself does not begin as a list); after that a list "2:new,1:old", of which the first issues and all are
 * accepted: rows name their version.
 */
export function deliveredText(config: Config, name: string, stored: StoredSecret): string {
  return textOfForm(formOf(config, name, stored), stored);
}

function formOf(config: Config, name: string, stored: StoredSecret | undefined): FileForm {
  const kind = stored?.kind ?? "external";
  const written: SecretConfig = config.secret[name] ?? { kind, for: [] };
  if (kind !== "database") return written.accepts === 1 ? { bare: true } : {};
  return { url: databaseSecret(config, name, written).url };
}

/** `deliveredText` of what was delivered before, from the form that was kept of it. */
function textOfForm({ url = "", issues, bare }: FileForm, stored: StoredSecret): string {
  switch (stored.kind) {
    case "database":
      return renderLogin(url, issuingFirst(stored.versions, issues)[0].value);
    case "external":
    case "superuser":
      return issuingFirst(stored.versions, issues)[0].value;
    case "generated":
    case "pepper": {
      const [first, ...others] = issuingFirst(stored.versions, issues);
      return bare ? first.value : listText(first, others);
    }
    default:
      return stored satisfies never;
  }
}

/**
 * Two values of which one has a comma cannot be accepted at once: only the one that issues is. Such a rotation is refused
 * unless what leaked is to end anyway.
 */
function listText(first: Numbered, others: readonly Numbered[]): string {
  const listed = first.value.includes(",") ? [] : others.filter(({ value }) => !value.includes(","));
  const isPlain = listed.length === 0 && first.n === 1 && readVersionList(first.value).kind === "bare";
  return isPlain ? first.value : [first, ...listed].map(({ n, value }) => `${n}:${value}`).join(",");
}

type Numbered = { n: number; value: string };

/** A number that is not among them leaves them as they are. */
function issuingFirst<T extends { n: number }>(
  versions: readonly [T, ...T[]],
  issues: number | undefined,
): readonly [T, ...T[]] {
  const found = versions.find(({ n }) => n === issues);
  return found === undefined ? versions : [found, ...versions.filter((version) => version !== found)];
}

/**
 * The forms with a NAME_PREVIOUS for each external secret that is in use in two values, in the order of the names. While
 * an older value issues there is none: nobody uses the new one yet.
 */
export function withPrevious(
  forms: Readonly<Record<string, FileForm>>,
  secrets: Secrets,
  isOverlapping: (name: string) => boolean,
): Record<string, FileForm> {
  const previous = Object.entries(forms).flatMap(([name, { issues }]) => {
    const stored = secrets[name];
    const isTwo = stored?.kind === "external" && stored.versions.length > 1 && issues === undefined;
    return isTwo && isOverlapping(name) ? [[`${name}_PREVIOUS`, { previousOf: name }] as const] : [];
  });
  return Object.fromEntries([...Object.entries(forms), ...previous].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Name to text of each file. Errors: SoloflowError "secrets" where one is not stored. */
export function contentOf(
  forms: Readonly<Record<string, FileForm>>,
  secrets: Secrets,
): Record<string, string> {
  const texts = Object.entries(forms).map(([name, { previousOf, ...form }]) => {
    const stored = secrets[previousOf ?? name];
    if (stored === undefined) throw new SoloflowError("secrets", `the store holds no ${previousOf ?? name}`);
    const issues = previousOf === undefined ? form.issues : stored.versions[1]?.n;
    return [name, textOfForm({ ...form, issues }, stored)];
  });
  return Object.fromEntries(texts);
}

/** What each service is to be given; services without secrets are left out. */
export function filesOf(config: Config, secrets: Secrets, services: readonly string[]): ServiceFiles[] {
  return services.flatMap((service) => {
    const names = Object.keys(config.secret)
      .filter((name) => config.secret[name]?.for.includes(service) === true && secrets[name] !== undefined)
      .sort();
    if (names.length === 0) return [];
    const own = names.map((name) => [name, formOf(config, name, secrets[name])] as const);
    const isOverlapping = (name: string) => config.secret[name]?.overlap !== undefined;
    const forms = withPrevious(Object.fromEntries(own), secrets, isOverlapping);
    const files = contentOf(forms, secrets);
    const env = names.filter((name) => config.secret[name]?.deliver === "env");
    const inPlace = names.filter((name) => secrets[name]?.kind === "superuser");
    return [{ service, files, forms, env, inPlace }];
  });
}
