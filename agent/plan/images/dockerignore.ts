import { posix } from "node:path";

/*
 * Which files of a folder BuildKit sends as a build context. The rules are those of its own matcher, which is
 * stricter in corners than the manual: a pattern that re-includes says nothing of a path that no earlier pattern
 * has excluded, and what a pattern said of a folder holds for all that is in it. tests/e2e compares with Docker.
 */

type Pattern = { includes: boolean; text: string; matches: (path: string) => boolean };
type Verdict = { excluded: boolean; hits: readonly boolean[] };

/** Paths are relative to the context, with "/". */
export type ContextFilter = {
  excludes(path: string): boolean;
  /** Whether something below an excluded folder may be included again; false lets a walk skip the folder. */
  mayHoldMore(folder: string): boolean;
};

/** The filter that a .dockerignore of this text makes; the empty text excludes nothing. */
export function dockerignore(text: string): ContextFilter {
  const patterns = readPatterns(text);
  const exceptions = patterns.filter((pattern) => pattern.includes).map((pattern) => pattern.text);
  const folders = new Map<string, Verdict>([[".", { excluded: false, hits: [] }]]);
  const verdict = (path: string): Verdict => judge(patterns, path, verdictOfFolder(posix.dirname(path)));
  const verdictOfFolder = (folder: string): Verdict => {
    const known = folders.get(folder) ?? verdict(folder);
    folders.set(folder, known);
    return known;
  };
  return {
    excludes: (path) => patterns.length > 0 && verdict(path).excluded,
    mayHoldMore: (folder) => exceptions.some((text) => reaches(text, folder)),
  };
}

function judge(patterns: readonly Pattern[], path: string, parent: Verdict): Verdict {
  let excluded = false;
  const hits = patterns.map((pattern, index) => {
    if (parent.hits[index] !== true) {
      // A pattern that could not change anything is not asked, and leaves no hit for what is below.
      if (pattern.includes !== excluded || !pattern.matches(path)) return false;
    }
    excluded = !pattern.includes;
    return true;
  });
  return { excluded, hits };
}

function readPatterns(text: string): Pattern[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.trim())
    .flatMap((line): Pattern[] => {
      const includes = line.startsWith("!");
      const pattern = clean(includes ? line.slice(1).trim() : line);
      return pattern === "" ? [] : [{ includes, text: pattern, matches: compile(pattern) }];
    });
}

function clean(pattern: string): string {
  if (pattern === "") return "";
  return posix
    .normalize(pattern)
    .replace(/(?<=.)\/$/, "")
    .replace(/^\/(?=.)/, "");
}

/** Whether the pattern can match something below the folder that it does not match itself. Errs on the side of yes. */
function reaches(pattern: string, folder: string): boolean {
  const literal = /^[^*?[\\]*/.exec(pattern)?.[0] ?? "";
  if (literal.startsWith(`${folder}/`)) return true;
  if (!pattern.includes("**") && depth(pattern) <= depth(folder)) return false;
  return `${folder}/`.startsWith(literal.slice(0, literal.lastIndexOf("/") + 1)) && literal !== pattern;
}

function depth(path: string): number {
  return path.split("/").length;
}

const WILD = /[*?[\]\\]/;

/** `*` and `?` stop at a slash, `**` does not; `**` at the very start or end compares text, whatever stands beside it. */
function compile(pattern: string): (path: string) => boolean {
  if (!WILD.test(pattern)) return (path) => path === pattern;
  const [head, tail] = [pattern.slice(0, -2), pattern.slice(2)];
  if (pattern.startsWith("**") && !WILD.test(tail))
    return (path) => path.endsWith(tail) || (tail.startsWith("/") && path === tail.slice(1));
  if (pattern.endsWith("**") && !WILD.test(head)) return (path) => path.startsWith(head);
  const expression = toExpression(pattern);
  return expression === undefined ? () => false : (path) => expression.test(path);
}

/** undefined where the pattern is not well formed; `docker build` itself refuses it. */
function toExpression(pattern: string): RegExp | undefined {
  const token = /\*\*\/?(?=(.)?)|\*|\?|\\(.?)|(\[(?:\\.|[^\]])*\])|([\s\S])/gu;
  const source = pattern.replace(
    token,
    (text, next?: string, escaped?: string, set?: string, plain?: string) => {
      if (text.startsWith("**")) return next === undefined ? ".*" : "(?:.*/)?";
      if (text === "*") return "[^/]*";
      if (text === "?") return "[^/]";
      return set ?? literally(plain ?? (escaped || "\\"));
    },
  );
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    return undefined;
  }
}

function literally(character: string): string {
  return character.replace(/[\^$\\.*+?()[\]{}|/]/, "\\$&");
}
