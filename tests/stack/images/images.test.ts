import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { inspect, STACK_IMAGES, type StackImage, stackImage } from "../../support/stack-images.ts";
import { docker, runContainer } from "../../support/test-container.ts";

/** Images may have to be built first, on a machine that is busy. */
setDefaultTimeout(180_000);

/** What each must have brought, and the most it may weigh in megabytes; apps of 20 and 4 MB come on top of two. */
const EXPECTED: Record<StackImage, { packages: string[]; maxMb: number; user: string }> = {
  base: { packages: ["libc6", "ca-certificates", "tzdata", "busybox"], maxMb: 10, user: "" },
  bun: { packages: ["libc6", "bun"], maxMb: 116, user: "" },
  node: { packages: ["libc6", "nodejs", "libicu76"], maxMb: 94, user: "" },
  database: { packages: ["libc6", "postgresql-17", "postgresql-client-17"], maxMb: 95, user: "70:70" },
  ingress: { packages: ["libc6", "caddy"], maxMb: 60, user: "10004:10004" },
  adminer: { packages: ["libc6", "adminer", "php8.4-pgsql"], maxMb: 40, user: "10003:10003" },
};

/** Output of a line of shell in the image. */
async function shell(name: StackImage, line: string): Promise<string> {
  return docker("run", "--rm", "-u", "0", "--entrypoint", "sh", await stackImage(name), "-c", line);
}

describe.each([...STACK_IMAGES])("%s", (name) => {
  const expected = EXPECTED[name];

  test("says what went into it: every package with its version, sorted, also those of the layer below", async () => {
    const lines = (await shell(name, "cat /usr/share/soloflow/packages")).trimEnd().split("\n");
    for (const line of lines) expect(line).toMatch(/^[a-z0-9][a-z0-9+.-]* [0-9][A-Za-z0-9.+:~-]*$/);
    expect(lines).toEqual([...new Set(lines)].sort());
    expect(lines.map((line) => line.split(" ")[0])).toEqual(expect.arrayContaining(expected.packages));
  });

  test("is small", async () => {
    const bytes = Number(await inspect(await stackImage(name), "{{.Size}}"));
    expect(bytes / 1e6).toBeLessThan(expected.maxMb);
  });

  test("runs as its own user, and has nothing that gives more rights", async () => {
    expect(await inspect(await stackImage(name), "{{.Config.User}}")).toBe(expected.user);
    expect(await shell(name, "find / -xdev \\( -perm -4000 -o -perm -2000 \\) -type f")).toBe("");
  });

  test("every program in it finds its libraries", async () => {
    const programs = "find /usr/bin /usr/local/bin /usr/lib/postgresql -type f -perm -0100 2>/dev/null";
    const check = `for file in $(${programs}); do case $(head -c 4 "$file") in *ELF) /lib64/ld-*.so.* --list "$file" 2>&1 | grep -E "not found|error";; esac; done; true`;
    expect(await shell(name, check)).toBe("");
  });
});

test("the base knows the users of the stack, the world's certificates and its time zones", async () => {
  const image = await stackImage("base");
  const ask = async (...command: string[]) => {
    const outcome = await runContainer(image, ["-u", "10001:10001"], command);
    return outcome.kind === "ok" ? outcome.stdout.trim() : JSON.stringify(outcome);
  };
  expect(await ask("id", "-un")).toBe("gateway");
  expect(await ask("sh", "-c", "TZ=Europe/Berlin date -d @0 +%H")).toBe("01");
  expect(
    Number(await ask("grep", "-c", "BEGIN CERTIFICATE", "/etc/ssl/certs/ca-certificates.crt")),
  ).toBeGreaterThan(100);
});

test("Bun is the pinned one, and runs with nothing to write to", async () => {
  const program = 'console.log(Bun.version, new Intl.DateTimeFormat("de", { month: "long" }).format(0))';
  const outcome = await runContainer(await stackImage("bun"), ["-u", "10001:10001"], ["bun", "-e", program]);
  expect(outcome).toMatchObject({ kind: "ok", stdout: `${Bun.version} Januar\n` });
});

test("Node speaks English in every time zone, claims no other language, and has what it loads from files", async () => {
  const program = `
    const at = (zone) => new Date(0).toLocaleString("en-GB", { timeZone: zone, timeZoneName: "long" });
    const words = [...new Intl.Segmenter("en", { granularity: "word" }).segment("two words")].length;
    fetch("http://127.0.0.1:9").catch((error) => console.log(JSON.stringify({
      known: Intl.DateTimeFormat.supportedLocalesOf(["en", "en-GB", "de", "ja", "zh-Hant"]),
      compared: Intl.Collator.supportedLocalesOf(["en", "sv"]),
      german: new Date(0).toLocaleDateString("de-DE", { month: "long", timeZone: "UTC" }),
      berlin: at("Europe/Berlin"), words, order: ["b", "ä", "a"].sort(new Intl.Collator("en").compare).join(""),
      money: new Intl.NumberFormat("en-IN", { style: "currency", currency: "EUR" }).format(1234567.5),
      region: new Intl.DisplayNames("en", { type: "region" }).of("DE"),
      sjis: new TextDecoder("shift_jis").decode(new Uint8Array([0x83, 0x65])),
      normal: "ﬁ".normalize("NFKC"), host: new URL("http://münchen.example").host, fetched: String(error.cause),
    })))`;
  const outcome = await runContainer(
    await stackImage("node"),
    ["-u", "10002:10002"],
    ["node", "-e", program],
  );
  expect(JSON.parse(outcome.kind === "ok" ? outcome.stdout : JSON.stringify(outcome))).toEqual({
    known: ["en", "en-GB"],
    compared: ["en"],
    german: "January",
    berlin: "01/01/1970, 1:00:00 Central European Standard Time",
    words: 3,
    order: "aäb",
    money: "€12,34,567.50",
    region: "Germany",
    sjis: "テ",
    normal: "fi",
    host: "xn--mnchen-3ya.example",
    fetched: "Error: bad port",
  });
});
