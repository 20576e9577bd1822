import { block, quote } from "./caddy-block.ts";
import { aloneFile, type Colour, flagFile, otherColour } from "./colour.ts";
import type { Route } from "./routes.ts";

/** Where the flag files are bound in the ingress container. */
export const FLAGS_PATH = "/active";

/** Retried while the app's own container restarts: connections that were refused have reached nobody. */
const TRY_FOR_MS = 5_000;
const TRY_EVERY = "50ms";
const DIAL_TIMEOUT = "500ms";
/**
 * Shorter than any app keeps an idle connection, and than a colour's address needs to come back with another container
 * behind it: a POST on a connection that has just died cannot be tried again (1 of 8,769 lost when it was 2 min).
 */
const KEEPALIVE = "500ms";

/**
 * A frozen colour is asked nothing any more 0.5 to 0.75 s after it froze: that is the gap that customers see. A healthy
 * one whose answer takes longer loses nothing but its turn: where no colour is left, they are asked all the same.
 */
const HEALTH_EVERY = "250ms";
const HEALTH_TIMEOUT = "500ms";
/** One that refused is not asked again until its health was looked at: longer than both of these together. */
const FAILED_FOR = "1s";
/** Looks for a colour that can be asked, and pauses between them, before one that cannot is asked. */
const LOOKS = 4;
const LOOK_EVERY = "20ms";
/** Among colours of which none is known to be well, one that refused is passed over for so long. */
const PASSED_OVER = "200ms";

/** Sends a request to the colour that the flag file names. `name` is unique among the named matchers of a site. */
export function switched(route: Route, name: string): string[] {
  return [...barred(route, name), ...proxied(route, name)];
}

/** The matcher takes it in whatever case and with whatever doubled slashes and percent signs it is asked for. */
function barred({ barred: path }: Route, name: string): string[] {
  if (path === undefined) return [];
  return [`@${name}_barred path ${path}`, block(`handle @${name}_barred`, ["respond 404"])];
}

function proxied(route: Route, name: string): string[] {
  const green = matcher(`@${name}_green`, flagFile(route.service, "green"));
  if (route.standby === undefined) return [green, ...byFlag(name, (colour) => alone(route.upstream[colour]))];
  return [
    green,
    matcher(`@${name}_alone`, aloneFile(route.service)),
    block(
      `handle @${name}_alone`,
      byFlag(name, (colour) => alone(route.upstream[colour])),
    ),
    ...byFlag(name, (colour) => healthiest(inTurn(route, colour), route.standby)),
  ];
}

/**
 * For `handle_errors` of the same site: no colour is known to be well, as when the database is away from both, or
 * neither takes connections. No app has seen the request, so any of them may be asked.
 */
export function anyway(route: Route, name: string): string[] {
  if (route.standby === undefined) return [];
  const { service, standby } = route;
  const retried = `${name}_unseen`;
  const isAlone = block("not file", looksFor(aloneFile(service)));
  return [
    matcher(`@${retried}_green`, flagFile(service, "green")),
    block(`@${retried}_pair`, [isAlone]),
    block(
      `handle @${retried}_pair`,
      byFlag(retried, (colour) => whoeverTakesIt(inTurn(route, colour), standby)),
    ),
  ];
}

/** A request that no app has seen: of others it is not known what they have done. */
export const UNSEEN = "{err.status_code} == 503 || {err.message}.startsWith('dial tcp')";

type Standby = Route["standby"];

function matcher(name: string, file: string): string {
  return block(`${name} file`, looksFor(file));
}

function looksFor(file: string): string[] {
  return [`root ${FLAGS_PATH}`, `try_files /${file}`];
}

function byFlag(name: string, proxy: (colour: Colour) => string): string[] {
  return [block(`handle @${name}_green`, [proxy("green")]), block("handle", [proxy("blue")])];
}

/** Both upstreams, the one that serves first. */
function inTurn({ upstream }: Route, colour: Colour): string {
  return `${upstream[colour]} ${upstream[otherColour(colour)]}`;
}

function alone(upstream: string): string {
  return block(`reverse_proxy ${upstream}`, [
    `lb_try_duration ${TRY_FOR_MS / 1_000}s`,
    `lb_try_interval ${TRY_EVERY}`,
    transport(undefined),
  ]);
}

/** A GET that is caught on a colour that hangs is asked of the other; a POST may have been obeyed, and is not. */
function healthiest(upstreams: string, standby: Standby): string {
  return block(`reverse_proxy ${upstreams}`, [
    "lb_policy first",
    `lb_retries ${LOOKS}`,
    `lb_try_interval ${LOOK_EVERY}`,
    `fail_duration ${FAILED_FOR}`,
    `health_uri ${quote(standby?.ready ?? "/")}`,
    `health_interval ${HEALTH_EVERY}`,
    `health_timeout ${HEALTH_TIMEOUT}`,
    transport(standby),
  ]);
}

/** A GET that the first of them lets hang has its time left for the other one. */
function whoeverTakesIt(upstreams: string, standby: Standby): string {
  const tryForMs = TRY_FOR_MS + (standby?.answerWithinMs ?? 0);
  return block(`reverse_proxy ${upstreams}`, [
    "lb_policy first",
    `lb_try_duration ${tryForMs}ms`,
    `lb_try_interval ${TRY_EVERY}`,
    `fail_duration ${PASSED_OVER}`,
    transport(standby),
  ]);
}

function transport(standby: Standby): string {
  const lines = [`dial_timeout ${DIAL_TIMEOUT}`, `keepalive ${KEEPALIVE}`];
  if (standby !== undefined) lines.push(`response_header_timeout ${standby.answerWithinMs}ms`);
  return block("transport http", lines);
}
