import { writeFileSync } from "node:fs";
import { docker } from "./sandbox.ts";
import { tempFolder } from "./temp-folder.ts";
import { waitFor } from "./wait-for.ts";

const NAME = "acme.test";
const CADDYFILE = `{
	admin off
	skip_install_trust
	auto_https disable_redirects
}
https://${NAME} {
	tls internal
	acme_server
}
`;

export type AcmeServer = AsyncDisposable & {
  /** For `acme_ca`, as the containers of the network reach it. */
  readonly directory: string;
  /** Its root certificate, PEM. */
  readonly root: string;
};

/**
 * A certificate authority of this machine: a second ingress image as ACME server, at `address` in `network`. It asks
 * for proofs on ports 80 and 443 of `domain`, which is at `domainAddress` there.
 */
export async function acmeServer(of: {
  image: string;
  network: string;
  address: string;
  domain: string;
  domainAddress: string;
}): Promise<AcmeServer> {
  const folder = tempFolder();
  writeFileSync(folder.at("Caddyfile"), CADDYFILE, { mode: 0o644 });
  const place = ["--network", of.network, "--ip", of.address, "--network-alias", NAME];
  const files = [
    "--volume",
    `${folder.at("Caddyfile")}:/etc/caddy/Caddyfile:ro`,
    "--tmpfs",
    "/data:uid=10004,gid=10004",
  ];
  const names = ["--add-host", `${of.domain}:${of.domainAddress}`];
  const id = await docker("run", "--detach", ...place, ...files, ...names, of.image);
  const end = async () => {
    await docker("rm", "--force", "--volumes", id);
    folder[Symbol.dispose]();
  };
  try {
    const read = () =>
      docker("exec", id, "cat", "/data/caddy/pki/authorities/local/root.crt").catch(() => undefined);
    const root = await waitFor("the authority has made its root certificate", read, 30_000);
    return { directory: `https://${NAME}/acme/local/directory`, root, [Symbol.asyncDispose]: end };
  } catch (thrown) {
    await end();
    throw thrown;
  }
}
