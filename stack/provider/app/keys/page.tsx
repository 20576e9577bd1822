import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { Brand } from "../../components/brand.tsx";
import { KeyDashboard } from "../../components/key-dashboard.tsx";
import { SignOutButton } from "../../components/sign-out-button.tsx";
import { currentUser } from "../../lib/auth/session.ts";
import { pool } from "../../lib/database/pool.ts";
import { listKeys } from "../../lib/keys/key-store.ts";

export const metadata: Metadata = { title: "API keys" };

export default async function Keys() {
  const user = await currentUser(await headers());
  if (!user) redirect("/sign-in");
  const keys = await listKeys(pool(), user.id);
  return (
    <>
      <header className="bar">
        <div className="bar-inner">
          <Brand />
          <div className="who">
            <span className="email">{user.email}</span>
            <SignOutButton />
          </div>
        </div>
      </header>
      <main className="page">
        <h1>API keys</h1>
        <p className="lead">
          A key lets a program of yours call the API: send it in the header <code>X-API-Key</code>. Give each
          program its own, so that one can be revoked without touching the others.
        </p>
        <KeyDashboard initial={keys} />
      </main>
    </>
  );
}
