import { expect, setDefaultTimeout, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { systemdNotify } from "../../../agent/host/systemd-notify.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

setDefaultTimeout(30_000);

/** A datagram socket that prints what it receives, a line each; "@name" is in the abstract namespace. */
async function manager(socket: string) {
  const script = `use Socket; $| = 1; my $path = $ARGV[0]; $path =~ s/^@/\\0/;
    socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, pack("S a*", AF_UNIX, $path)) or die "bind: $!";
    print "up\\n"; while (defined recv($s, my $text, 4096, 0)) { $text =~ s/\\n/|/g; print "$text\\n"; }`;
  const child = Bun.spawn({ cmd: ["perl", "-e", script, socket], stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  void (async () => {
    for await (const chunk of child.stdout) printed += Buffer.from(chunk).toString();
  })();
  await waitFor("it listens", () => printed.startsWith("up\n"));
  return {
    received: (count: number) =>
      waitFor(`${count} messages`, () => {
        const lines = printed.trimEnd().split("\n").slice(1);
        return lines.length >= count && lines;
      }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

test("words reach the manager as they are, at a path and in the abstract namespace", async () => {
  using folder = tempFolder();
  for (const socket of [folder.at("notify"), `@sft-${randomBytes(6).toString("hex")}`]) {
    await using it = await manager(socket);
    const notify = systemdNotify(socket);
    notify.send("READY=1\nSTATUS=watching 4 services – é");
    notify.send("WATCHDOG=1");
    expect(await it.received(2)).toEqual(["READY=1|STATUS=watching 4 services – é", "WATCHDOG=1"]);
  }
});

test("words for a manager that is away are lost, and a new one at the same place is reached", async () => {
  using folder = tempFolder();
  const notify = systemdNotify(folder.at("notify"));
  notify.send("too early");
  for (const word of ["WATCHDOG=1", "WATCHDOG=2"]) {
    await using it = await manager(folder.at("notify"));
    notify.send(word);
    expect(await it.received(1)).toEqual([word]);
    rmSync(folder.at("notify"));
  }
  notify.send("too late");
});

test("without a manager nothing is said, and nothing is opened for each word", async () => {
  const before = readdirSync("/proc/self/fd").length;
  for (const socket of [undefined, "", "relative", "@", `/${"x".repeat(200)}`, "/no/such/socket"]) {
    const notify = systemdNotify(socket);
    for (let at = 0; at < 10; at++) notify.send("WATCHDOG=1");
  }
  expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(before + 1);
});
