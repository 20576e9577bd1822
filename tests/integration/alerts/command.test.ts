import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { exec } from "../../../agent/host/exec.ts";
import type { AlertSettings } from "../../../agent/plan/watchdog/settings.ts";
import { send } from "../../../agent/run/alerts/send.ts";
import { manualClock } from "../../support/manual-clock.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import { START } from "./alerts-world.ts";

const message = { kind: "test", id: "an-id", project: "shop", at: START } as const;

async function sendBy(command: AlertSettings["command"], signal = new AbortController().signal) {
  return await send("command", message, {
    host: { exec, clock: manualClock(START), env: { PATH: process.env.PATH, SECRET_OF_AGENT: "x" } },
    web: () => Promise.reject(new Error("nothing is to be sent over the net")),
    read: () => Promise.reject(new Error("no secret is to be read")),
    settings: command === undefined ? {} : { command },
    signal,
  });
}

describe("the command", () => {
  test("reads the text, with next to nothing in its environment, and no shell in between", async () => {
    using folder = tempFolder();
    const [env, text] = [folder.at("env"), folder.at("text")];
    const script = folder.at("mailer");
    writeFileSync(script, '#!/bin/sh\nenv >"$1"\ncat >"$2"\necho "$3" >>"$2"\n', { mode: 0o755 });
    const words = "$(touch /tmp/sft-never); * > `x`";
    expect(await sendBy([script, env, text, words])).toEqual({ ok: true });
    const names = readFileSync(env, "utf8")
      .split("\n")
      .map((line) => line.split("=")[0]);
    expect(names.filter((name) => !["PWD", "OLDPWD", "SHLVL", "_", ""].includes(name ?? "")).sort()).toEqual([
      "HOME",
      "LANG",
      "PATH",
    ]);
    expect(readFileSync(text, "utf8")).toStartWith("shop: a test of the alerts\n\nNothing is wrong");
    expect(readFileSync(text, "utf8")).toEndWith(`${words}\n`);
    expect(existsSync("/tmp/sft-never")).toBe(false);
  });

  test("that is msmtp gets a whole mail", async () => {
    using folder = tempFolder();
    const script = folder.at("msmtp");
    writeFileSync(script, '#!/bin/sh\ncat >"$1"\n', { mode: 0o755 });
    await sendBy([script, folder.at("text")]);
    expect(readFileSync(folder.at("text"), "utf8")).toMatch(
      /^Subject: shop: a test of the alerts\nX-Soloflow-Id: an-id\n/,
    );
  });

  test("that fails, is not there or reads nothing is a failure in words, without what it printed", async () => {
    expect(await sendBy(["sh", "-c", "echo password; exit 69"])).toEqual({
      ok: false,
      why: "sh ended with 69",
    });
    expect(await sendBy(["sft-no-such-program"])).toEqual({
      ok: false,
      why: "there is no program sft-no-such-program",
    });
    expect(await sendBy(["true"])).toEqual({ ok: true });
    expect(await sendBy(undefined)).toEqual({ ok: false, why: "no command is set" });
  });

  test("that hangs is ended with all that it started when the agent ends", async () => {
    using folder = tempFolder();
    const controller = new AbortController();
    const sent = sendBy(["sh", "-c", `sleep 600 & echo $! >${folder.at("pid")}; wait`], controller.signal);
    while (!existsSync(folder.at("pid")) || readFileSync(folder.at("pid"), "utf8") === "")
      await Bun.sleep(10);
    controller.abort();
    expect(await sent).toEqual({ ok: false, why: "cancelled" });
    const pid = readFileSync(folder.at("pid"), "utf8").trim();
    expect(existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")).toBe(
      false,
    );
  });
});
