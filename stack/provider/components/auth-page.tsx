import type { ReactNode } from "react";
import { Brand } from "./brand.tsx";

type AuthPageProps = { title: string; lead: string; children: ReactNode; other: ReactNode };

/** The frame of the two pages for people who are not signed in. */
export function AuthPage({ title, lead, children, other }: AuthPageProps) {
  return (
    <main className="narrow">
      <Brand />
      <section className="card" aria-labelledby="title">
        <h1 id="title">{title}</h1>
        <p className="lead">{lead}</p>
        <noscript>
          <p className="notice">This page needs JavaScript to send the form.</p>
        </noscript>
        {children}
      </section>
      <p className="aside">{other}</p>
    </main>
  );
}
