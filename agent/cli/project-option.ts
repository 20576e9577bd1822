/** Of commands that systemd runs, or that have to work without a soloflow.toml; `whichProject` reads it. */
export const PROJECT_OPTION = [
  "--project <name>",
  "the project by its name: its state folder is enough, soloflow.toml is not read",
] as const;
