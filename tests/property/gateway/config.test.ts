import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parsePepperList } from "../../../stack/gateway/src/config/pepper-list.ts";
import { parseUpstreamList } from "../../../stack/gateway/src/config/upstream-list.ts";
import { parseVersionedSecrets } from "../../../stack/provider/lib/config/versioned-secrets.ts";

const value = fc.stringMatching(/^[A-Za-z0-9_-]{16,44}$/);
const list = fc.uniqueArray(fc.record({ version: fc.nat(999_999_999), value }), {
  selector: ({ version }) => version,
  minLength: 1,
  maxLength: 5,
});
const written = (peppers: { version: number; value: string }[]) =>
  peppers.map((pepper) => `${pepper.version}:${pepper.value}`).join(",");

describe("a list of peppers", () => {
  test("accepts all of its versions, and the first issues", () => {
    fc.assert(
      fc.property(list, (peppers) => {
        const reading = parsePepperList(written(peppers));
        if (reading.kind !== "read") throw new Error(reading.fault);
        expect(reading.peppers.issuing).toEqual(peppers[0] as { version: number; value: string });
        expect([...reading.peppers.byVersion.values()]).toEqual(peppers);
      }),
    );
  });

  test("of one bare value is version 1", () => {
    fc.assert(
      fc.property(value, (pepper) => {
        expect(parsePepperList(pepper)).toMatchObject({
          peppers: { issuing: { version: 1, value: pepper } },
        });
      }),
    );
  });

  test("with a version twice, an empty entry or a short value is a fault that shows no value", () => {
    const broken = fc
      .tuple(list, fc.constantFrom("", "3", "3:", "x:y", "3:tooshort", "again"))
      .map(([peppers, end]) => {
        const again = end === "again" ? `${peppers[0]?.version}:${peppers[0]?.value}` : end;
        return { text: `${written(peppers)},${again}`, peppers };
      });
    fc.assert(
      fc.property(broken, ({ text, peppers }) => {
        const reading = parsePepperList(text);
        expect(reading.kind).toBe("fault");
        for (const pepper of peppers) expect(JSON.stringify(reading)).not.toContain(pepper.value);
      }),
    );
  });

  test("is read by the provider exactly as by the gateway", () => {
    fc.assert(
      fc.property(fc.oneof(list.map(written), value, fc.stringMatching(/^[0-9a-z:, ]{0,60}$/)), (text) => {
        const gateway = parsePepperList(text);
        const provider = parseVersionedSecrets(text.trim());
        if (gateway.kind === "read" && !("secrets" in provider)) throw new Error("only the gateway reads it");
        if (gateway.kind === "read" && "secrets" in provider) {
          expect(provider.secrets[0]).toEqual(gateway.peppers.issuing);
        }
      }),
    );
  });

  test("is never thrown at", () => {
    fc.assert(fc.property(fc.string(), (text) => void parsePepperList(text)));
  });
});

describe("a list of upstreams", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,5})?$/);
  const url = fc.tuple(name, fc.integer({ min: 1, max: 65_535 }), fc.constantFrom("", "/", "/base", "/a/b"));

  test("gives each service its address", () => {
    const services = fc.uniqueArray(fc.tuple(name, url), { selector: ([service]) => service, maxLength: 5 });
    fc.assert(
      fc.property(services, (entries) => {
        const text = entries
          .map(([service, [host, port, path]]) => `${service}=http://${host}:${port}${path}`)
          .join(", ");
        const reading = parseUpstreamList(text, []);
        if (reading.kind !== "read") throw new Error(reading.faults.join());
        expect([...reading.upstreams.keys()]).toEqual(entries.map(([service]) => service));
      }),
    );
  });

  test("is never thrown at, and no fault of it shows a password", () => {
    const entry = fc.tuple(
      fc.constantFrom("a=", "A=", "service-1=", ""),
      fc.constantFrom("http://u:hidden@h", "ftp://u:hidden@h"),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            entry.map((parts) => parts.join("")),
            fc.string(),
          ),
        ),
        (entries) => {
          const reading = parseUpstreamList(entries.join(","), ["service-1"]);
          if (reading.kind === "fault") expect(reading.faults.join()).not.toContain("hidden");
        },
      ),
    );
  });
});
