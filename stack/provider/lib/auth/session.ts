import { auth } from "./auth.ts";

export type CurrentUser = { id: string; name: string; email: string };

/**
 * The signed-in user of a request, by its cookie, or undefined. Throws when the
 * database cannot say: not knowing is never the same as being signed out.
 */
export async function currentUser(headers: Headers): Promise<CurrentUser | undefined> {
  const found = await auth().api.getSession({ headers });
  if (!found) return undefined;
  const { id, name, email } = found.user;
  return { id, name, email };
}
