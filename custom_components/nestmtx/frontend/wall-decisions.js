// @ts-check
/** What a wall of cameras shows: pure functions of Home Assistant's state. */

/** @import { Area, Hass, State } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { DeviceOf, Devices, Entities } from "./devices.js" */

/** @typedef {DeviceOf<"camera">} Camera */
/**
 * The conditions of cameras that a wall distinguishes, in the order of their chips.
 * @typedef {"live" | "waking" | "asleep" | "problem" | "offline" | "disabled" | "unconfigured"}
 *   Condition
 */
/**
 * The options of a wall, and of the dashboard with one.
 * @typedef {{
 *   areas?: string[],
 *   order?: string[],
 *   hidden?: string[],
 *   compact?: boolean,
 * }} WallOptions
 */
/** @typedef {{ area: Area | undefined, cameras: Camera[] }} Group */
/** @typedef {{ groups: Group[], unused: Camera[] }} Layout */
/** @typedef {{ condition: Condition, count: number, entity: string | undefined }} Chip */
/**
 * The one thing that needs attention first.
 * @typedef {{ kind: "sign_in" | "offline" | "credential", name: string, since?: string }} Banner
 */

/** @type {readonly Condition[]} */
const CHIPS = ["live", "waking", "asleep", "problem", "offline"];
/** @type {Readonly<Record<string, Condition>>} */
const BY_STATUS = {
  disabled: "disabled",
  unconfigured: "unconfigured",
  not_available: "problem",
  stopped: "problem",
};
/** @type {Readonly<Record<string, Condition>>} */
const BY_START_PROBLEM = { camera_off: "disabled", camera_unconfigured: "unconfigured" };
const PROBLEMS = ["binary_sensor.stream_authorization", "binary_sensor.stream_stalled"];

/** @type {(hass: Hass, entity: string | undefined) => State | undefined} */
const stateOf = (hass, entity) => (entity ? hass.states[entity] : undefined);

/** @param {State | undefined} state */
const isKnown = (state) => Boolean(state) && !["unavailable", "unknown"].includes(state?.state ?? "");

/**
 * Return the condition of a camera: by its own state first, then by the enabled sensors.
 * @type {(hass: Hass, entities: Entities) => Condition}
 */
export const conditionOf = (hass, entities) => {
  const camera = stateOf(hass, entities["camera.camera"]);
  if (!isKnown(camera)) return "offline";
  const status = stateOf(hass, entities["sensor.status"])?.state ?? "";
  const startProblem = camera?.attributes.start_problem;
  const cause = startProblem
    ? (BY_START_PROBLEM[startProblem] ?? "problem")
    : BY_STATUS[status];
  if (cause) return cause;
  if (PROBLEMS.some((key) => stateOf(hass, entities[key])?.state === "on")) return "problem";
  if (camera?.state === "streaming") return "live";
  return status === "starting" || camera?.attributes.requested ? "waking" : "asleep";
};

/**
 * Return whether a camera is not in use. A camera that goes offline keeps its place.
 * @type {(condition: Condition, wasUnused: boolean) => boolean}
 */
const isUnused = (condition, wasUnused) =>
  condition === "offline" ? wasUnused : condition === "disabled" || condition === "unconfigured";

/**
 * Return the position of an item in a list; items not in it come last.
 * @param {string[]} list
 * @param {string | undefined} item
 */
const rank = (list, item) => {
  const found = item === undefined ? -1 : list.indexOf(item);
  return found < 0 ? list.length : found;
};

/**
 * Return the cameras that the options show, in their order.
 * @type {(cameras: Camera[], options: WallOptions) => Camera[]}
 */
export const chosenCameras = (cameras, { areas = [], order = [], hidden = [] }) => {
  /** @param {Camera} camera */
  const idOf = ({ entities }) => entities["camera.camera"];
  return cameras
    .filter((camera) => !hidden.includes(idOf(camera)))
    .filter(({ area }) => !areas.length || (area && areas.includes(area.area_id)))
    .sort((one, other) => rank(order, idOf(one)) - rank(order, idOf(other)));
};

/**
 * Return the layout: a grid of all cameras, and one with a heading for each area with two or more.
 * @param {Hass} hass
 * @param {Camera[]} cameras
 * @param {WallOptions} options
 * @param {readonly string[]} [formerUnused] The cameras not in use before.
 * @returns {Layout}
 */
export const layoutOf = (hass, cameras, options, formerUnused = []) => {
  const { areas = [] } = options;
  const chosen = chosenCameras(cameras, options);
  const unused = chosen.filter(({ entities }) =>
    isUnused(conditionOf(hass, entities), formerUnused.includes(entities["camera.camera"])),
  );
  const used = chosen.filter((camera) => !unused.includes(camera));
  const found = [...new Set(used.flatMap(({ area }) => area ?? []))].sort(
    (one, other) =>
      rank(areas, one.area_id) - rank(areas, other.area_id) ||
      one.name.localeCompare(other.name, hass.locale.language),
  );
  const groups = found
    .map((area) => ({ area, cameras: used.filter((camera) => camera.area === area) }))
    .filter((group) => group.cameras.length > 1);
  const grouped = groups.flatMap((group) => group.cameras);
  const others = used.filter((camera) => !grouped.includes(camera));
  return {
    groups: [...(others.length ? [{ area: undefined, cameras: others }] : []), ...groups],
    unused,
  };
};

/**
 * Return the number of cameras in each condition, without those not in use; for a problem, also
 * the entity that shows it.
 * @type {(hass: Hass, cameras: Camera[]) => Chip[]}
 */
export const chipsOf = (hass, cameras) => {
  const conditions = cameras.map(({ entities }) => conditionOf(hass, entities));
  return CHIPS.map((condition) => {
    const first = cameras[conditions.indexOf(condition)];
    const count = conditions.filter((each) => each === condition).length;
    const leads = condition === "problem";
    return { condition, count, entity: leads ? first?.entities["sensor.status"] : undefined };
  }).filter(({ count }) => count > 0);
};

/**
 * Return whether a server is offline beyond the grace period, for which its other entities wait.
 * @type {(hass: Hass, server: DeviceOf<"server">) => boolean}
 */
export const isAway = (hass, { entities }) => {
  const connection = stateOf(hass, entities["binary_sensor.connection"]);
  const health = stateOf(hass, entities["sensor.health"]);
  return connection?.state !== "on" && (!health || health.state === "unavailable");
};

/**
 * Return the most urgent problem. The credentials of an offline server are out of date.
 * @type {(hass: Hass, devices: Devices, signedOut: ReadonlySet<string>) => Banner | undefined}
 */
export const bannerOf = (hass, { servers, credentials }, signedOut) => {
  const offline = servers.filter((server) => isAway(hass, server));
  const needsSignIn = offline.find(({ entries }) => entries.some((each) => signedOut.has(each)));
  const away = needsSignIn ?? offline[0];
  if (away) {
    const since = stateOf(hass, away.entities["binary_sensor.connection"])?.last_changed;
    return {
      kind: needsSignIn ? "sign_in" : "offline",
      name: away.name,
      ...(since && { since }),
    };
  }
  const ended = credentials.find(
    ({ entities }) => stateOf(hass, entities["sensor.authorization"])?.state === "unauthenticated",
  );
  return ended && { kind: "credential", name: ended.name };
};
