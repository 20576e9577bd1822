import { z } from "zod";

/** A schema without its optional, default and transforming wrappers: what a person writes. */
export function written(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return written(schema.def.innerType);
  if (schema instanceof z.ZodPipe) return written(schema.def.in);
  return schema;
}

/** The alternatives of a union, or the schema itself. */
export function alternatives(schema: z.core.$ZodType): z.core.$ZodType[] {
  const inner = written(schema);
  return inner instanceof z.ZodUnion ? inner.def.options.flatMap(alternatives) : [inner];
}

/** The schemas that may hold at a path; several where a union stands on the way. */
export function schemasAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): z.core.$ZodType[] {
  let level = alternatives(schema);
  for (const key of path) level = level.flatMap((one) => child(one, key)).flatMap(alternatives);
  return level;
}

function child(schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] {
  if (schema instanceof z.ZodRecord) return [schema.def.valueType];
  if (schema instanceof z.ZodArray) return [schema.def.element];
  if (schema instanceof z.ZodObject && typeof key === "string" && Object.hasOwn(schema.shape, key)) {
    return [schema.shape[key]];
  }
  return [];
}

/** The keys that a table at this path may have. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const keys = schemasAt(schema, path).flatMap((one) =>
    one instanceof z.ZodObject ? Object.keys(one.shape) : [],
  );
  return [...new Set(keys)];
}

/**
 * Every table that has the key, named as a person writes it: "" is the top level, a table for each name of a
 * record is "service.NAME".
 */
export function tablesWith(schema: z.core.$ZodType, key: string, at = ""): string[] {
  const join = (name: string): string => (at === "" ? name : `${at}.${name}`);
  return alternatives(schema).flatMap((one) => {
    if (one instanceof z.ZodRecord) return tablesWith(one.def.valueType, key, join("NAME"));
    if (!(one instanceof z.ZodObject)) return [];
    const here = Object.hasOwn(one.shape, key) ? [at] : [];
    const below = Object.entries<z.core.$ZodType>(one.shape).flatMap(([name, inner]) =>
      tablesWith(inner, key, join(name)),
    );
    return [...here, ...below];
  });
}
