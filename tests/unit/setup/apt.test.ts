import { describe, expect, test } from "bun:test";
import {
  nextSuite,
  parseRepositories,
  preferencesFor,
  sourcesWithNext,
} from "../../../agent/plan/setup/apt-repositories.ts";
import { unwantedChanges } from "../../../agent/plan/setup/apt-simulation.ts";
import { parsePolicy } from "../../../agent/plan/setup/parse-apt.ts";

const REPOSITORIES = parseRepositories(
  [
    "Debian|bookworm|main|http://mirror.test/debian/",
    "Debian|bookworm|contrib|http://mirror.test/debian/",
    "Debian|bookworm-updates|main|http://mirror.test/debian/",
    "Debian|bookworm-security|main|http://mirror.test/security/",
    "Debian|bookworm-backports|main|http://mirror.test/debian/",
    "Docker|bookworm|stable|http://docker.test/debian/",
    "Stranger|bookworm|main|http://stranger.test/",
    "",
  ].join("\n"),
);

describe("the sources of the next release", () => {
  const sources = sourcesWithNext(REPOSITORIES, { codename: "bookworm", suite: "trixie", keyring: "/k" });

  test("are this machine's own Debian archives, with both releases", () => {
    expect(sources.split("\n")).toEqual([
      "deb [signed-by=/k] http://mirror.test/debian/ bookworm main",
      "deb [signed-by=/k] http://mirror.test/debian/ bookworm-updates main",
      "deb [signed-by=/k] http://mirror.test/debian/ trixie main",
      "deb [signed-by=/k] http://mirror.test/debian/ trixie-updates main",
      "deb [signed-by=/k] http://mirror.test/security/ bookworm-security main",
      "deb [signed-by=/k] http://mirror.test/security/ trixie-security main",
      "",
    ]);
  });

  test("are nobody else's", () => {
    expect(sources).not.toContain("docker.test");
    expect(sources).not.toContain("stranger.test");
  });

  test("are there for Debian 12 alone", () => {
    expect(nextSuite({ id: "debian", codename: "bookworm" })).toBe("trixie");
    expect(nextSuite({ id: "debian", codename: "bullseye" })).toBeUndefined();
    expect(nextSuite({ id: "ubuntu", codename: "bookworm" })).toBeUndefined();
  });

  test("give the named packages and no others", () => {
    expect(preferencesFor("trixie", ["docker.io"])).toBe(
      "Package: *\nPin: release n=trixie*\nPin-Priority: -1\n\nPackage: docker.io\nPin: release n=trixie*\nPin-Priority: 990\n",
    );
  });
});

describe("an installation tried on paper", () => {
  test("may add packages and replace Docker's own", () => {
    const text =
      "Inst runc (1.1 Debian [amd64])\nInst docker.io [20.10] (26.1 Debian [amd64])\nConf runc (1.1)";
    expect(unwantedChanges(text, ["docker.io"])).toEqual([]);
  });

  test("may upgrade nothing else, and remove nothing at all", () => {
    const text = "Inst libc6:amd64 [2.36] (2.41 Debian [amd64])\nRemv docker.io [20.10]\nRemv nginx [1.2]";
    expect(unwantedChanges(text, ["docker.io"])).toEqual([
      "change libc6 2.36",
      "remove docker.io",
      "remove nginx",
    ]);
  });
});

test("apt's policy is read as what is installed and what could be", () => {
  const text = [
    "docker.io:",
    "  Installed: 20.10.24",
    "  Candidate: 26.1.5",
    "  Version table:",
    "     26.1.5 990",
    "docker-ce:",
    "  Installed: (none)",
    "  Candidate: (none)",
    "runc:",
    "  Installed: (none)",
    "  Candidate: 1.1.5",
  ].join("\n");
  expect(parsePolicy(text)).toEqual({
    installed: { "docker.io": "20.10.24" },
    candidates: { "docker.io": "26.1.5", runc: "1.1.5" },
  });
});
