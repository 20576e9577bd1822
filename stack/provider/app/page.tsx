import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { currentUser } from "../lib/auth/session.ts";

export default async function Home() {
  redirect((await currentUser(await headers())) ? "/keys" : "/sign-in");
}
