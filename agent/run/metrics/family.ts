/** Of one series: its labels in the family's order, and its number. */
type Value = { labels: Record<string, string | number>; value: number; metricName?: string };

type Labels<L extends string> = Readonly<Record<L, string>>;

type Series = { labels: Record<string, string>; value: number; counts: Float64Array };

/**
 * One family of series as plain numbers. It is what prom-client's registry asks of a metric; prom-client itself, 0.8 MB of
 * private memory, is loaded by the first scrape only.
 */
export class Family<L extends string = never> {
  readonly name: string;
  readonly #about: { help: string; type: "counter" | "gauge" | "histogram" };
  readonly #labels: readonly L[];
  readonly #buckets: readonly number[];
  readonly #series = new Map<string, Series>();

  /** `buckets`: upper bounds, ascending; for a histogram only. A family without labels is there from the start. */
  constructor(
    name: string,
    about: { help: string; type: "counter" | "gauge" | "histogram" },
    labels: readonly L[],
    buckets: readonly number[] = [],
  ) {
    this.name = `soloflow_${name}`;
    this.#about = about;
    this.#labels = labels;
    this.#buckets = buckets;
    if (labels.length === 0) this.#at({} as Labels<L>);
  }

  add(labels: Labels<L>, by = 1): void {
    this.#at(labels).value += by;
  }

  set(labels: Labels<L>, value: number): void {
    this.#at(labels).value = value;
  }

  /** Counts the value in the first bucket that holds it; the last one has no bound. */
  observe(labels: Labels<L>, value: number): void {
    const series = this.#at(labels);
    const place = this.#buckets.findIndex((bound) => value <= bound);
    const at = place < 0 ? this.#buckets.length : place;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.value += value;
  }

  remove(labels: Labels<L>): void {
    this.#series.delete(this.#key(labels));
  }

  /** For the registry. */
  async get() {
    const values = [...this.#series.values()].flatMap((series) => this.#valuesOf(series));
    return { name: this.name, ...this.#about, values, aggregator: "sum" as const };
  }

  #valuesOf({ labels, value, counts }: Series): Value[] {
    if (this.#about.type !== "histogram") return [{ labels, value }];
    let below = 0;
    const bounds = [...this.#buckets, "+Inf"];
    const buckets = bounds.map((le, index) => {
      below += counts[index] ?? 0;
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: below };
    });
    const sum = { metricName: `${this.name}_sum`, labels, value };
    return [...buckets, sum, { metricName: `${this.name}_count`, labels, value: below }];
  }

  #at(labels: Labels<L>): Series {
    const key = this.#key(labels);
    const found = this.#series.get(key);
    if (found !== undefined) return found;
    const made = { labels: { ...labels }, value: 0, counts: new Float64Array(this.#buckets.length + 1) };
    this.#series.set(key, made);
    return made;
  }

  #key(labels: Labels<L>): string {
    return this.#labels.map((name) => labels[name]).join("\0");
  }
}
