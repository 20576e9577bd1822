import { expect, test } from "bun:test";
import { commitSecrets } from "../../../agent/run/secrets/commit-secrets.ts";
import { openSecrets } from "../../../agent/run/secrets/open-secrets.ts";
import { killedAt, rotate, see } from "../../support/rotation-commands.ts";
import { rotationWorld } from "../../support/rotation-world.ts";

test("what the former login makes while its apps still run is given away too, before anybody is done", async () => {
  using world = await rotationWorld();
  const { host, project, progress } = world;
  const { secrets } = (await openSecrets(host, project)) ?? { secrets: {} };
  const createdAt = "2026-01-01T00:00:00.000Z";
  const taken = {
    n: 1,
    value: { role: "legacy", password: "a-password-from-before" },
    salt: "c2FsdA==",
    createdAt,
  };
  await commitSecrets(
    host,
    project,
    { ...secrets, DATABASE_URL: { kind: "database", versions: [taken] } },
    progress,
  );
  let late: object[] = [];
  const altered: string[] = [];
  const { exec } = host.engine;
  host.engine.exec = async (id, argv, options) => {
    const sql = String(options?.stdin ?? "");
    if (sql.includes("' OWNER TO %I'")) return { code: 0, output: JSON.stringify(late) };
    if (sql.includes("GRANT %I TO %I") && !sql.includes("CREATE ROLE")) return { code: 0, output: "" };
    if (!sql.includes("ALTER TABLE late")) return exec(id, argv, options);
    altered.push(sql);
    late = [];
    return { code: 0, output: "" };
  };
  await killedAt(world, "commit:after", () => rotate(world, ["DATABASE_URL"]));
  late = [{ what: "table late", statement: "ALTER TABLE late OWNER TO demo_owner" }];
  expect(await see(world, { do: "settle" })).toMatchObject([{ state: "soak", cured: false }]);
  expect(altered).toHaveLength(1);
});
