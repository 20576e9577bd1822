import { expect, test } from "bun:test";
import fc from "fast-check";
import { COLOURS } from "../../agent/plan/colour.ts";
import {
  allocateLayout,
  colourAddress,
  ingressAddress,
  type Layout,
  overlaps,
} from "../../agent/plan/layout.ts";

const services = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"), { minLength: 1 });

test("an address once given stays, and no two are the same", () => {
  fc.assert(
    fc.property(fc.array(services, { minLength: 1, maxLength: 5 }), (rounds) => {
      let layout: Layout | undefined;
      const given = new Map<string, string>();
      for (const names of rounds) {
        layout = allocateLayout(layout, names, []);
        for (const name of names) {
          for (const colour of COLOURS) {
            const address = colourAddress(layout, name, colour);
            expect(given.get(`${name} ${colour}`) ?? address).toBe(address);
            given.set(`${name} ${colour}`, address);
          }
        }
        const all = [...given.values(), ingressAddress(layout)];
        expect(new Set(all).size).toBe(all.length);
      }
    }),
  );
});

test("the subnet is one that nobody else uses", () => {
  const taken = fc.array(
    fc
      .tuple(fc.nat(255), fc.integer({ min: 22, max: 28 }))
      .map(([third, bits]) => `10.219.${third}.0/${bits}`),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(taken, fc.nat(255), (others, from) => {
      const { subnet } = allocateLayout(undefined, ["a"], others, from);
      for (const other of others) expect(overlaps(subnet, other)).toBe(false);
    }),
  );
});

test("a subnet that is another's by now is given up, and the slots stay", () => {
  const lost = allocateLayout(undefined, ["a", "b"], [], 7);
  const found = allocateLayout({ slots: lost.slots }, ["a", "b"], [lost.subnet], 7);
  expect(found).toEqual({ subnet: "10.219.8.0/24", slots: lost.slots });
  expect(allocateLayout(undefined, ["a"], ["10.219.255.0/24"], 255).subnet).toBe("10.219.0.0/24");
});

test("subnets overlap when one holds the other, and not beside each other", () => {
  expect(overlaps("10.219.1.0/24", "10.0.0.0/8")).toBe(true);
  expect(overlaps("10.219.1.0/24", "10.219.1.128/25")).toBe(true);
  expect(overlaps("10.219.1.0/24", "10.219.2.0/24")).toBe(false);
  expect(overlaps("10.219.1.0/24", "fd00::/64")).toBe(false);
});

test("without a free subnet it says so", () => {
  expect(() => allocateLayout(undefined, ["a"], ["10.219.0.0/16"])).toThrow("no free subnet");
});
