import { expect, test } from "bun:test";
import { firstVersion, parseDockerVersion } from "../../../agent/plan/setup/parse-docker.ts";
import { hasCgroups, parseOsRelease } from "../../../agent/plan/setup/parse-system.ts";

test("os-release is read with and without quotes", () => {
  const text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n';
  expect(parseOsRelease(text)).toEqual({
    id: "debian",
    like: [],
    codename: "bookworm",
    name: "Debian GNU/Linux 12 (bookworm)",
  });
  expect(parseOsRelease("ID='rocky'\nID_LIKE=\"rhel centos fedora\"").like).toEqual([
    ...["rhel", "centos", "fedora"],
  ]);
  expect(parseOsRelease("")).toMatchObject({ id: "unknown", name: "unknown" });
});

test("control groups of either version are seen", () => {
  expect(hasCgroups("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0")).toBe(true);
  expect(hasCgroups("proc /proc proc rw 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0")).toBe(true);
  expect(hasCgroups("tmpfs /sys/fs/cgroup tmpfs rw 0 0")).toBe(false);
});

test("the docker command is understood with a server and without one", () => {
  expect(parseDockerVersion('{"Client":{"Version":"28.2.2"},"Server":null}')).toEqual({
    client: "28.2.2",
    server: undefined,
  });
  expect(parseDockerVersion('{"Client":{"Version":"28.2.2"},"Server":{"Version":"26.1.5"}}')?.server).toBe(
    "26.1.5",
  );
  expect(parseDockerVersion("Emulate Docker CLI using podman.")).toBeUndefined();
});

test("a version is found in what each program says", () => {
  expect(firstVersion("github.com/docker/buildx v0.12.1 30feaa1a915b869ebc2eea6328624b49facd4bfb")).toBe(
    "0.12.1",
  );
  expect(firstVersion("github.com/docker/buildx 0.13.1+ds1 0.13.1+ds1-3")).toBe("0.13.1");
  expect(firstVersion("2.26.1-4\n")).toBe("2.26.1");
  expect(firstVersion("Docker version 20.10.24+dfsg1, build 297e128")).toBe("20.10.24");
  expect(firstVersion("glibc 2.36")).toBe("2.36");
});
