/** What is given and all that follows from it, directly or not, in the order in which it is found; circles end. */
export function reach<T>(from: Iterable<T>, next: (one: T) => Iterable<T>): Set<T> {
  const found = new Set(from);
  for (const one of found) for (const further of next(one)) found.add(further);
  return found;
}
