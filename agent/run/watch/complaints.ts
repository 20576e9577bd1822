import type { Loudness, Speak } from "./speak.ts";

/** Says what fails in each round once: again only when it fails otherwise, or was well in between. */
export class Complaints {
  readonly #speak: Speak;
  readonly #said = new Map<string, string>();

  constructor(speak: Speak) {
    this.#speak = speak;
  }

  about(subject: string, loudness: Loudness, words: string): void {
    if (this.#said.get(subject) === words) return;
    this.#said.set(subject, words);
    this.#speak(loudness, words);
  }

  over(subject: string): void {
    this.#said.delete(subject);
  }
}
