import { appendFileSync } from "node:fs";

/** Calls that change a file, for `guarded`. */
export const FILE_CHANGES = ["writeAtomic", "makeFolder", "rename", "remove", "chown", "chmod"] as const;

/**
 * Counts the points that this process comes to, and ends it with SIGKILL at the one with this number; with 0 nothing is
 * killed and each is a line of `list`.
 */
export function killPoints(killAt: number, list: string): (what: string) => void {
  let points = 0;
  return (what) => {
    points += 1;
    if (killAt === 0) appendFileSync(list, `${what}\n`);
    if (points === killAt) process.kill(process.pid, "SIGKILL");
  };
}

/** The target with `around` about each call of these methods; whatever it gives is the call's answer. */
export function guarded<T extends object>(
  target: T,
  names: readonly string[],
  around: (name: string, args: readonly unknown[], call: () => unknown) => unknown,
): T {
  return new Proxy(target, {
    get(object, name) {
      const member: unknown = Reflect.get(object, name);
      if (typeof member !== "function" || !names.includes(String(name))) return member;
      return (...args: unknown[]) => around(String(name), args, () => Reflect.apply(member, object, args));
    },
  });
}
