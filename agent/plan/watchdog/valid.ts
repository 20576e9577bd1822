import { SoloflowError } from "../../core/errors.ts";

/** Whether a value read from JSON is a T; throws what is wrong with it, and where. */
export type Shape<T> = (value: unknown, where: string) => asserts value is T;

/** The value itself, once it is known to be what it must be. Throws a SoloflowError "watch-state". */
export function validated<T>(shape: Shape<T>, value: unknown): T {
  const check: Shape<T> = shape;
  check(value, "watch state");
  return value;
}

function wrong(where: string, expected: string): SoloflowError {
  return new SoloflowError("watch-state", `${where} is not ${expected}`, {
    hint: "a newer agent may have written it: install that again, or delete the watch state to begin anew",
  });
}

export const isNumber: Shape<number> = (value, where) => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(where, "a number");
};

export const isText: Shape<string> = (value, where) => {
  if (typeof value !== "string") throw wrong(where, "a text");
};

export function wholeFrom(least: number): Shape<number> {
  return (value, where) => {
    if (!Number.isSafeInteger(value) || (value as number) < least)
      throw wrong(where, `a whole number from ${least} on`);
  };
}

export function textLike(form: RegExp): Shape<string> {
  return (value, where) => {
    if (typeof value !== "string" || !form.test(value)) throw wrong(where, `like ${form.source}`);
  };
}

export const isBoolean: Shape<boolean> = (value, where) => {
  if (typeof value !== "boolean") throw wrong(where, "true or false");
};

export function oneOf<const T extends string | number>(...allowed: readonly T[]): Shape<T> {
  return (value, where) => {
    if (!allowed.includes(value as T)) throw wrong(where, `one of ${allowed.join(", ")}`);
  };
}

/** May be absent: JSON knows no undefined. */
export function maybe<T>(shape: Shape<T>): Shape<T | undefined> {
  const check: Shape<T> = shape;
  return (value, where) => {
    if (value !== undefined) check(value, where);
  };
}

export function listOf<T>(shape: Shape<T>): Shape<readonly T[]> {
  const check: Shape<T> = shape;
  return (value, where) => {
    if (!Array.isArray(value)) throw wrong(where, "a list");
    for (const [index, each] of value.entries()) check(each, `${where}[${index}]`);
  };
}

export function mapOf<T>(shape: Shape<T>, keys: Shape<string> = isText): Shape<Readonly<Record<string, T>>> {
  const check: Shape<T> = shape;
  const checkKey: Shape<string> = keys;
  return (value, where) => {
    if (!isObject(value)) throw wrong(where, "an object");
    for (const [key, each] of Object.entries(value)) {
      checkKey(key, `${where}.${key}`);
      check(each, `${where}.${key}`);
    }
  };
}

/** Members that it does not know are left alone: a newer agent's additions survive an older one. */
export function objectOf<T extends object>(
  members: { readonly [Key in keyof T]-?: Shape<T[Key]> },
): Shape<T> {
  const all = Object.entries(members) as readonly [string, Shape<unknown>][];
  return (value, where) => {
    if (!isObject(value)) throw wrong(where, "an object");
    for (const [key, shape] of all) {
      const check: Shape<unknown> = shape;
      check(value[key], `${where}.${key}`);
    }
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
