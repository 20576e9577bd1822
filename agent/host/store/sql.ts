import type { Database } from "bun:sqlite";
import { stateError } from "./state-error.ts";

type Bindings = Record<string, string | number | null>;

/**
 * Statements on one state file. Parameters are named ($name in the text, name in the record). Whatever SQLite says
 * becomes a SoloflowError that names the file and the way out.
 */
export class Sql {
  readonly #database: Database;
  readonly #path: string;

  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
  }

  get<Row>(text: string, bindings: Bindings = {}): Row | undefined {
    return this.#guard(() => (this.#database.query(text).get(bindings) as Row | null) ?? undefined);
  }

  all<Row>(text: string, bindings: Bindings = {}): Row[] {
    return this.#guard(() => this.#database.query(text).all(bindings) as Row[]);
  }

  /** The row id of what was inserted. */
  run(text: string, bindings: Bindings = {}): number {
    return this.#guard(() => Number(this.#database.query(text).run(bindings).lastInsertRowid));
  }

  /** Several statements without parameters. */
  script(text: string): void {
    this.#guard(() => this.#database.run(text));
  }

  /** All of it or nothing; other processes wait. */
  transaction<T>(action: () => T): T {
    return this.#guard(() => this.#database.transaction(action).immediate());
  }

  /** A JSON value of our own; undefined for NULL. What is no JSON makes the state corrupt. */
  json(text: string | null): unknown {
    return text === null ? undefined : this.#guard(() => JSON.parse(text) as unknown);
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

  #guard<T>(action: () => T): T {
    try {
      return action();
    } catch (thrown) {
      throw stateError(this.#path, thrown);
    }
  }
}
