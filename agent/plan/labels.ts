/** Labels that the agent puts on what it makes, and Compose's own that it reads. */
export const LABEL = {
  /** sha256 of the service's resolved specification, the same for both colours. */
  spec: "dev.soloflow.spec",
  /** The Compose service behind a colour. */
  service: "dev.soloflow.service",
  colour: "dev.soloflow.colour",
  /** Addresses of both colours in the ingress' network: a part of the specification, for the ingress knows them. */
  addresses: "dev.soloflow.addresses",
  /** "NAME=fingerprint …": which values of its secrets the container was started with. */
  secrets: "dev.soloflow.secrets",
  /** On images: hash of everything that went into the build. Nothing of a project: projects may share an image. */
  inputs: "dev.soloflow.inputs",
  /** On images: "NAME=TIME …", the images built here that it was built from, and when those were made. */
  bases: "dev.soloflow.bases",
  composeProject: "com.docker.compose.project",
  composeService: "com.docker.compose.service",
  composeOneOff: "com.docker.compose.oneoff",
} as const;
