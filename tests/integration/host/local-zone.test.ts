import { expect, test } from "bun:test";
import { resolve } from "node:path";

const ZONES = resolve(import.meta.dir, "../../fixtures/host/zones.ts");

for (const zone of ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Auckland"]) {
  test(`in ${zone} the clock is as far ahead as JavaScript says, summer and winter`, async () => {
    const child = Bun.spawn([process.execPath, ZONES], {
      env: { ...process.env, TZ: zone },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = (await child.stdout.text()).trim().split("\n");
    expect(await child.exited).toBe(0);
    expect(lines.length).toBeGreaterThan(300);
    expect(lines.filter((line) => line.split(" ")[0] !== line.split(" ")[1])).toEqual([]);
  });
}
