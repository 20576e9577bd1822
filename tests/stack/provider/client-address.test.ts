import { expect, test } from "bun:test";
import { isIP } from "node:net";
import fc from "fast-check";
import { clientAddress } from "../../../stack/provider/lib/server/client-address.ts";

test.each([
  ["the ingress says whom it saw", "172.18.0.4", "198.51.100.7", "198.51.100.7"],
  ["the ingress over IPv6 sockets", "::ffff:172.18.0.4", "198.51.100.7", "198.51.100.7"],
  ["a list ends with what the nearest proxy saw", "10.0.0.2", "192.0.2.1, 198.51.100.7", "198.51.100.7"],
  ["a public peer is not believed", "203.0.113.9", "198.51.100.7", "203.0.113.9"],
  ["an ingress that says nonsense", "172.18.0.4", "unknown", "172.18.0.4"],
  ["an ingress that says nothing", "172.18.0.4", undefined, "172.18.0.4"],
  ["172.32 is a public network", "172.32.0.1", "198.51.100.7", "172.32.0.1"],
  ["a connection that is gone already", undefined, "198.51.100.7", "0.0.0.0"],
])("%s", (_, peer, forwarded, expected) => {
  expect(clientAddress(peer, forwarded)).toBe(expected);
});

test("there is always exactly one address to count by", () => {
  const peer = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant(undefined));
  fc.assert(
    fc.property(peer, fc.option(fc.string(), { nil: undefined }), (address, forwarded) => {
      expect(isIP(clientAddress(address, forwarded))).not.toBe(0);
    }),
  );
});
