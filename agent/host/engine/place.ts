import { SoloflowError } from "../../core/errors.ts";

/**
 * A place in an answer of the engine: the value there and how an error names it. The readers are strict where the
 * agent depends on a value, and take null for an empty list or record, as the engine writes them.
 * Errors: SoloflowError "engine".
 */
export class Place {
  readonly value: unknown;
  readonly path: string;

  constructor(value: unknown, path: string) {
    this.value = value;
    this.path = path;
  }

  /** The named member; a place without a value where the object does not have it. */
  at(name: string): Place {
    if (!isRecord(this.value)) throw this.#unlike("an object");
    const value = Object.hasOwn(this.value, name) ? this.value[name] : undefined;
    return new Place(value, `${this.path}.${name}`);
  }

  /** Undefined where there is nothing. */
  optional(): Place | undefined {
    return this.value === undefined || this.value === null ? undefined : this;
  }

  string(): string {
    if (typeof this.value !== "string") throw this.#unlike("a string");
    return this.value;
  }

  number(): number {
    if (typeof this.value !== "number" || !Number.isFinite(this.value)) throw this.#unlike("a number");
    return this.value;
  }

  boolean(): boolean {
    if (typeof this.value !== "boolean") throw this.#unlike("true or false");
    return this.value;
  }

  oneOf<const Word extends string>(words: readonly Word[]): Word {
    const found = words.find((word) => word === this.value);
    if (found === undefined) throw this.#unlike(words.join(", "));
    return found;
  }

  list(): Place[] {
    if (this.optional() === undefined) return [];
    if (!Array.isArray(this.value)) throw this.#unlike("a list");
    return this.value.map((value, index) => new Place(value, `${this.path}[${index}]`));
  }

  strings(): string[] {
    return this.list().map((place) => place.string());
  }

  entries(): [name: string, place: Place][] {
    if (this.optional() === undefined) return [];
    if (!isRecord(this.value)) throw this.#unlike("an object");
    return Object.entries(this.value).map(([name, value]) => [
      name,
      new Place(value, `${this.path}.${name}`),
    ]);
  }

  texts(): Record<string, string> {
    return Object.fromEntries(this.entries().map(([name, place]) => [name, place.string()]));
  }

  #unlike(expected: string): SoloflowError {
    const found = this.value === undefined ? "nothing" : JSON.stringify(this.value).slice(0, 80);
    return new SoloflowError(
      "engine",
      `docker's answer is not understood: ${this.path} is ${found}, not ${expected}`,
      {
        hint: "`soloflow-agent check` says whether this engine is supported",
      },
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
