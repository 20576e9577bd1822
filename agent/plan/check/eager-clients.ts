import { isSecretName } from "./secret-names.ts";

/** `const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!)` at the left margin: run as soon as it is imported. */
const CLIENT = /^(?:export )?(?:const|let|var) \w+[^=\n]*= new \w+\(\s*process\.env\.([A-Z][A-Z0-9_]*)/gm;

/** Clients that a module makes when it is loaded, with a secret from the environment. */
export function eagerClientsIn(source: string): { line: number; secret: string }[] {
  return [...source.matchAll(CLIENT)].flatMap((match) => {
    const [, secret = ""] = match;
    if (!isSecretName(secret)) return [];
    return [{ line: source.slice(0, match.index).split("\n").length, secret }];
  });
}
