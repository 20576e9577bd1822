import { sqlName } from "./sql-quote.ts";

/**
 * A SELECT of what in this database belongs to somebody else than `owner`, as rows of `what` ("table public.orders") and
 * `statement` (the ALTER that gives it to the owner), tables first. Left out is what belongs to PostgreSQL itself, to
 * an extension, or follows its table by itself: indexes, its own sequences, its row type.
 *
 * Object by object, because REASSIGN OWNED refuses a superuser that PostgreSQL needs, and because each ALTER then holds
 * its lock for an instant only.
 */
export function foreignObjectsSql(owner: string): string {
  const parts = [relations(), routines(), types(), schemas()];
  return `SELECT what, format(form || ' OWNER TO %I', VARIADIC names || ${sqlName(owner)}::text) AS statement
    FROM (${parts.join("\nUNION ALL\n")}) AS object
    WHERE owner <> ${sqlName(owner)} AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = object.class AND d.objid = object.oid AND d.deptype = 'e')
    ORDER BY place, what`;
}

const OWN_SCHEMA = "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'";

function relations(): string {
  const kinds = [
    ["r", "TABLE"],
    ["p", "TABLE"],
    ["f", "FOREIGN TABLE"],
    ["v", "VIEW"],
    ["m", "MATERIALIZED VIEW"],
    ["S", "SEQUENCE"],
  ];
  const word = `CASE c.relkind ${kinds.map(([kind, text]) => `WHEN '${kind}' THEN '${text}'`).join(" ")} END`;
  const ownSequence = `c.relkind = 'S' AND EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))`;
  return `SELECT 1 AS place, 'pg_class'::regclass::oid AS class, c.oid, lower(${word}) || ' ' || c.oid::regclass AS what,
      'ALTER ' || ${word} || ' %I.%I' AS form, ARRAY[n.nspname, c.relname]::text[] AS names,
      pg_get_userbyid(c.relowner) AS owner
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${OWN_SCHEMA} AND ${word} IS NOT NULL AND NOT (${ownSequence})`;
}

/** Functions, procedures and aggregates; the signature is PostgreSQL's own writing and needs no quoting. */
function routines(): string {
  return `SELECT 2, 'pg_proc'::regclass::oid, p.oid, 'function ' || p.oid::regprocedure,
      'ALTER ROUTINE ' || replace(p.oid::regprocedure::text, '%', '%%'), ARRAY[]::text[], pg_get_userbyid(p.proowner)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OWN_SCHEMA}`;
}

/** Those that somebody made: no row type of a table, no array. */
function types(): string {
  return `SELECT 3, 'pg_type'::regclass::oid, t.oid, 'type ' || t.oid::regtype,
      CASE t.typtype WHEN 'd' THEN 'ALTER DOMAIN %I.%I' ELSE 'ALTER TYPE %I.%I' END,
      ARRAY[n.nspname, t.typname]::text[], pg_get_userbyid(t.typowner)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE ${OWN_SCHEMA} AND t.typelem = 0 AND t.typtype IN ('b', 'c', 'd', 'e', 'r')
      AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))`;
}

function schemas(): string {
  return `SELECT 4, 'pg_namespace'::regclass::oid, n.oid, 'schema ' || n.nspname, 'ALTER SCHEMA %I',
      ARRAY[n.nspname]::text[], pg_get_userbyid(n.nspowner)
    FROM pg_namespace n WHERE ${OWN_SCHEMA}`;
}
