import type { TomlPath } from "../toml-positions.ts";

/** What a rule over the whole configuration has to say; parse.ts adds file, line and column of the path. */
export type Finding = {
  path: TomlPath;
  severity: "error" | "warning";
  message: string;
  hint?: string;
};
