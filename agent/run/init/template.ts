import text from "../../../soloflow.toml" with { type: "text" };

/** The soloflow.toml of the stack that the agent carries; the repository's own is this very file. */
export const template: string = text;

/** Where that file expects the stack, relative to it. */
export const TEMPLATE_STACK = "stack";
