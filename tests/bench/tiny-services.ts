import type { TestProject } from "../support/test-project.ts";

/** Writes a project of so many tiny web servers, s0, s1, …, each asked by HTTP, and each writing down who asked. */
export function writeTinyServices(project: TestProject, image: string, count: number): void {
  const names = Array.from({ length: count }, (_, number) => `s${number}`);
  const service = {
    image,
    init: true,
    command: ["httpd", "-f", "-v", "-p", "8080", "-h", "/www"],
    restart: "unless-stopped",
    mem_limit: "16m",
    networks: ["n"],
  };
  const services = Object.fromEntries(names.map((name) => [name, service]));
  project.write("compose.yaml", JSON.stringify({ services, networks: { n: {} } }));
  const probe = '{ http = ":8080/index.html" }';
  const tables = names.map(
    (name) => `[service.${name}]\ndeploy = "replace"\nlive = ${probe}\nready = ${probe}\n`,
  );
  project.write("soloflow.toml", [`project = "${project.name}"\n`, ...tables].join(""));
}
