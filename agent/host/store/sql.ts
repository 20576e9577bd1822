import type { Database } from "bun:sqlite";
import { SoloflowError } from "../../core/errors.ts";
import { stateError } from "./state-error.ts";

type Bindings = Record<string, string | number | null>;

/**
 * Statements on one state file. Parameters are named ($name in the text, name in the record). Whatever SQLite says
 * becomes a SoloflowError that names the file and the way out.
 */
export class Sql {
  readonly #database: Database;
  readonly #path: string;
  readonly #makeRoom: () => boolean;

  /** `makeRoom`: whether something was given up on a full disk, so that a write is worth another try. */
  constructor(database: Database, path: string, makeRoom: () => boolean = () => false) {
    this.#database = database;
    this.#path = path;
    this.#makeRoom = makeRoom;
  }

  get<Row>(text: string, bindings: Bindings = {}): Row | undefined {
    return this.#guard(() => (this.#database.query(text).get(bindings) as Row | null) ?? undefined);
  }

  all<Row>(text: string, bindings: Bindings = {}): Row[] {
    return this.#guard(() => this.#database.query(text).all(bindings) as Row[]);
  }

  /** The row id of what was inserted. */
  run(text: string, bindings: Bindings = {}): number {
    return this.#write(() => Number(this.#database.query(text).run(bindings).lastInsertRowid));
  }

  /** Several statements without parameters. */
  script(text: string): void {
    this.#guard(() => this.#database.run(text));
  }

  /** All of it or nothing; other processes wait. */
  transaction<T>(action: () => T): T {
    return this.#write(() => this.#database.transaction(action).immediate());
  }

  /** A JSON value of our own; undefined for NULL. What is no JSON makes the state corrupt. */
  json(text: string | null): unknown {
    return text === null ? undefined : this.#guard(() => JSON.parse(text) as unknown);
  }

  /** A JSON list of texts. */
  words(text: string): string[] {
    const value = this.json(text);
    if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
    throw this.corrupt("a list of words is none");
  }

  /** A JSON object. */
  record(text: string): Record<string, unknown> {
    const value = this.json(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
    throw this.corrupt("a record is none");
  }

  /** One of the words that the agent itself writes; anything else makes the state corrupt. */
  word<const Word extends string>(text: string, words: readonly Word[]): Word {
    const found = words.find((word) => word === text);
    if (found === undefined) throw this.corrupt(`"${text}" is none of ${words.join(", ")}`);
    return found;
  }

  corrupt(why: string): Error {
    return stateError(this.#path, new SyntaxError(why));
  }

  close(): void {
    this.#guard(() => this.#database.close());
  }

  /** Once more where room could be made for it; inside a transaction only the whole of that can be tried again. */
  #write<T>(action: () => T): T {
    const outermost = !this.#database.inTransaction;
    try {
      return this.#guard(action);
    } catch (thrown) {
      const full = thrown instanceof SoloflowError && thrown.code === "state-full";
      if (!full || !outermost || !this.#makeRoom()) throw thrown;
      // What stands in the journal beside the database moves over: its room is used again from the start.
      this.script("PRAGMA wal_checkpoint(RESTART)");
      return this.#guard(action);
    }
  }

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (thrown) {
      throw stateError(this.#path, thrown);
    }
  }
}
