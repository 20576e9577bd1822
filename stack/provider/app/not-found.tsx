import { Brand } from "../components/brand.tsx";

export default function NotFound() {
  return (
    <main className="narrow">
      <Brand />
      <section className="card">
        <h1>There is nothing here</h1>
        <p className="lead">The page was moved, or the address has a slip in it.</p>
        <a className="button primary wide" href="/">
          Go to the start
        </a>
      </section>
    </main>
  );
}
