"use client";

import { Brand } from "../components/brand.tsx";

/** Shown when a page cannot be rendered, which is nearly always a database that does not answer. */
export default function ErrorPage() {
  return (
    <main className="narrow">
      <Brand />
      <section className="card">
        <h1>Not just now</h1>
        <p className="lead">X</p>
        <button type="button" className="primary wide" onClick={() => window.location.reload()}>
          Try again
        </button>
      </section>
    </main>
  );
}
