/**
 * Memory that second colours will take which have begun to start: what the machine has available now is theirs in part
 * already. Bytes.
 */
export class PromisedMemory {
  readonly #promises = new Set<number[]>();

  total(): number {
    let sum = 0;
    for (const [bytes = 0] of this.#promises) sum += bytes;
    return sum;
  }

  /** Until it is disposed of. */
  promise(bytes: number): Disposable {
    const promise = [bytes];
    this.#promises.add(promise);
    return { [Symbol.dispose]: () => this.#promises.delete(promise) };
  }
}
