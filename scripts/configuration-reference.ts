import { join } from "node:path";
import { z } from "zod";
import { formNames } from "../agent/config/forms.ts";
import { configSchema } from "../agent/config/schema.ts";
import { alternatives, written } from "../agent/config/schema-walk.ts";

/*
 * Writes docs/configuration.md from the schema's descriptions. By hand, after a change of the schema:
 *
 *     bun scripts/configuration-reference.ts
 */

export const REFERENCE_FILE = join(import.meta.dir, "../docs/configuration.md");

type Row = { key: string; form: string; required: boolean; text: string };

const INTRODUCTION = `<!-- Made by scripts/configuration-reference.ts from agent/config/schema.ts. Change the descriptions there. -->

# soloflow.toml

One file says what the agent does with a Compose project; the compose file stays the one truth for everything that
Compose can say. \`soloflow-agent init\` writes a commented one, \`soloflow-agent check\` names everything that is
wrong in it, each as \`soloflow.toml:LINE:COLUMN: what\` with a hint.

The least that works is one line, \`project = "shop"\`, beside a \`compose.yaml\`. This repository's own
[soloflow.toml](../soloflow.toml) shows the rest in use.

Paths are relative to the file's folder. A *duration* is a text such as \`"500ms"\`, \`"30s"\`, \`"1h30m"\` or \`"90d"\`, a
*size* one such as \`"200MB"\` (millions of bytes, as Docker prints them) or \`"1GiB"\`. **Bold** keys must be there.
`;

/** The whole of docs/configuration.md. */
export function configurationReference(): string {
  const sections: string[] = [];
  section("", configSchema, sections);
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}

/** A table's keys, then each table in it. */
function section(name: string, schema: z.core.$ZodType, sections: string[], text = ""): void {
  const objects = alternatives(schema).filter((one) => one instanceof z.ZodObject);
  const entries = objects.flatMap((one) => Object.entries<z.core.$ZodType>(one.shape));
  const unique = [...new Map(entries)];
  const rows = unique.map(([key, inner]) => row(key, inner, objects.length > 1));
  const title = name === "" ? "## Top level" : `## [${name}]`;
  sections.push([title, "", ...(text === "" ? [] : [text, ""]), ...table(rows), ""].join("\n"));
  for (const [key, inner] of unique) below(name === "" ? key : `${name}.${key}`, inner, sections);
}

function below(name: string, schema: z.core.$ZodType, sections: string[]): void {
  const text = description(schema);
  const [inner] = alternatives(schema);
  if (inner instanceof z.ZodRecord && alternatives(inner.def.valueType)[0] instanceof z.ZodObject) {
    section(`${name}.NAME`, inner.def.valueType, sections, text);
  } else if (inner instanceof z.ZodArray && alternatives(inner.def.element)[0] instanceof z.ZodObject) {
    section(`${name}[]`, inner.def.element, sections, text);
  } else if (inner instanceof z.ZodObject) {
    // A probe is described once, under `ready`.
    if (!name.endsWith(".live")) section(name, schema, sections, text);
  }
}

function row(key: string, schema: z.core.$ZodType, isAlternative: boolean): Row {
  const required = !(schema instanceof z.ZodOptional) && !isAlternative;
  return { key, form: form(schema), required, text: description(schema) };
}

function table(rows: readonly Row[]): string[] {
  return [
    "| key | is | |",
    "|---|---|---|",
    ...rows.map(({ key, form: is, required, text }) => {
      const name = required ? `**\`${key}\`**` : `\`${key}\``;
      return `| ${name} | ${is} | ${text.replaceAll("|", "\\|")} |`;
    }),
  ];
}

function form(schema: z.core.$ZodType): string {
  const bare = schema instanceof z.ZodOptional ? schema.def.innerType : schema;
  const named = formName(bare);
  if (named !== undefined) return named;
  return [...new Set(alternatives(bare).map(one))].join(" or ");
}

function one(schema: z.core.$ZodType): string {
  const inner = written(schema);
  if (inner instanceof z.ZodEnum) return inner.options.map((option) => `\`"${option}"\``).join(", ");
  if (inner instanceof z.ZodString) return "text";
  if (inner instanceof z.ZodBoolean) return "`true`, `false`";
  if (inner instanceof z.ZodNumber) return "number";
  if (inner instanceof z.ZodTuple) return `${inner.def.items.length} texts in a list`;
  if (inner instanceof z.ZodArray) return listOf(inner.def.element);
  if (inner instanceof z.ZodRecord) {
    return alternatives(inner.def.valueType)[0] instanceof z.ZodObject ? "tables" : "table of texts";
  }
  return "table";
}

function listOf(element: z.core.$ZodType): string {
  if (alternatives(element)[0] instanceof z.ZodObject) return "list of tables";
  const named = formName(element);
  return named === undefined ? "list of texts" : `list of ${named}s`;
}

/** A description is put on a copy of the form. */
function formName(schema: z.core.$ZodType): string | undefined {
  const { parent } = schema._zod;
  return formNames.get(schema) ?? (parent === undefined ? undefined : formNames.get(parent));
}

function description(schema: z.core.$ZodType): string {
  const own = z.globalRegistry.get(schema)?.description;
  if (own !== undefined || !(schema instanceof z.ZodOptional)) return own ?? "";
  return description(schema.def.innerType);
}

if (import.meta.main) await Bun.write(REFERENCE_FILE, configurationReference());
