import { expect, test } from "bun:test";
import type { Container } from "../../../agent/core/container.ts";
import type { DeployedUnit } from "../../../agent/plan/deployed.ts";
import { deployedUnit } from "../../../agent/plan/deployed.ts";
import { expectedFingerprints } from "../../../agent/plan/fingerprints.ts";
import { initialState } from "../../../agent/plan/watchdog/state.ts";
import type { Happening } from "../../../agent/run/watch/brain.ts";
import { DriftWatch } from "../../../agent/run/watch/drift-watch.ts";
import { containerOf, desiredOf, STACK_TOML } from "../../support/desired.ts";
import { scriptedHost } from "../../support/scripted-host.ts";

const OLD = { n: 1, value: "the-old-pepper-which-is-long-enough" };
const NEW = { n: 2, value: "the-new-pepper-which-is-long-enough" };
const TELLING = STACK_TOML.replace(
  "[service.gateway]",
  '[service.gateway]\nfingerprints = ":8080/internal/secrets"',
).replace("[service.provider]", '[service.provider]\nfingerprints = ":3000/internal/secrets"');
const WORDS = ["gateway accepts version 1 of API_KEY_PEPPER, provider 1 and 2"];

type Version = typeof OLD;

/** What runs, what each service says (undefined: nothing), who is held; and what the watch has found. */
class Shop implements Disposable {
  says: Record<string, readonly Version[] | undefined> = { gateway: [OLD], provider: [OLD] };
  held: string | undefined;
  toml = TELLING;
  readonly found: (readonly string[])[] = [];
  readonly signal = new AbortController();
  readonly asked: string[] = [];
  readonly #host = scriptedHost({ prober: { text: async (url) => this.#answer(url) } });
  readonly #watch: DriftWatch;

  constructor() {
    const shop = this;
    this.#watch = new DriftWatch({
      host: this.#host,
      world: {
        get model() {
          return { units: shop.#units(), settings: {} as never, services: {}, joined: new Set<string>() };
        },
        serving: (service) => ({ container: shop.#container(service) }) as never,
      },
      brain: {
        get state() {
          const { live, durable } = initialState(0);
          const hold = { service: shop.held ?? "", by: "deploy", since: 0 };
          return { durable, live: { ...live, holds: shop.held === undefined ? {} : { [shop.held]: hold } } };
        },
        post: (happening: Happening) => {
          if (happening.type === "drift") this.found.push(happening.causes);
        },
      },
      speak: (_, line) => {
        throw new Error(line);
      },
      signal: this.signal.signal,
    });
  }

  /** So many minutes of rounds 10 s apart. */
  async minutes(count: number): Promise<void> {
    for (let round = 0; round < 6 * count; round += 1) await this.#watch.reconciled();
  }

  [Symbol.dispose](): void {
    this.#host[Symbol.dispose]();
  }

  #units(): DeployedUnit[] {
    return desiredOf({ toml: this.toml }).units.map(deployedUnit);
  }

  #container(service: string): Container {
    const unit = desiredOf({ toml: this.toml }).units.find((each) => each.service === service);
    const [instance] = unit?.instances ?? [];
    if (unit === undefined || instance === undefined) throw new Error(`there is no ${service}`);
    return containerOf(unit, instance, { addresses: { demo_default: `${service}.test` } });
  }

  #answer(url: string): string | undefined {
    this.asked.push(url);
    const service = new URL(url).hostname.split(".")[0] ?? "";
    const versions = this.says[service];
    if (versions === undefined) return undefined;
    const API_KEY_PEPPER = expectedFingerprints("API_KEY_PEPPER", versions, versions[0]?.n ?? 0);
    return JSON.stringify({ schema: 1, secrets: { API_KEY_PEPPER } });
  }
}

test("each service that tells is asked once a minute, at its own address", async () => {
  using shop = new Shop();
  await shop.minutes(2);
  const places = ["http://gateway.test:8080/internal/secrets", "http://provider.test:3000/internal/secrets"];
  expect(shop.asked.sort()).toEqual([...places, ...places].sort());
});

test("what differs counts when two looks in a row find it, is told once, and is over when they agree", async () => {
  using shop = new Shop();
  await shop.minutes(1);
  shop.says.provider = [OLD, NEW];
  await shop.minutes(1);
  expect(shop.found).toEqual([[]]);
  await shop.minutes(5);
  expect(shop.found).toEqual([[], WORDS]);
  shop.says.gateway = [NEW, OLD];
  await shop.minutes(3);
  expect(shop.found).toEqual([[], WORDS, []]);
});

test.each(["gateway", "*"])("a rollout of %s in between is no drift", async (held) => {
  using shop = new Shop();
  shop.says.provider = [OLD, NEW];
  await shop.minutes(1);
  shop.held = held;
  await shop.minutes(10);
  shop.held = undefined;
  await shop.minutes(1);
  expect(shop.found).toEqual([]);
  await shop.minutes(1);
  expect(shop.found).toEqual([WORDS]);
});

test("who does not answer neither differs nor agrees", async () => {
  using shop = new Shop();
  shop.says.provider = [OLD, NEW];
  await shop.minutes(2);
  shop.says.provider = undefined;
  await shop.minutes(3);
  expect(shop.found).toEqual([WORDS]);
});

test("where nothing is to be compared any more nobody is asked, and what was open is over", async () => {
  using shop = new Shop();
  shop.toml = STACK_TOML;
  await shop.minutes(3);
  expect([shop.found, shop.asked]).toEqual([[[]], []]);
});

test("an agent that ends says nothing more", async () => {
  using shop = new Shop();
  shop.says.provider = [OLD, NEW];
  await shop.minutes(1);
  shop.signal.abort();
  await shop.minutes(1);
  expect(shop.found).toEqual([]);
});
