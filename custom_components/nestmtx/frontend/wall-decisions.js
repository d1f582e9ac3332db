// @ts-check
/** What a wall of cameras shows: pure functions of Home Assistant's state. */

/** @import { Area, Hass, State } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { DeviceOf, Devices, Entities } from "./devices.js" */

/** @typedef {DeviceOf<"camera">} Camera */
/**
 * How a camera is, as far as a wall tells them apart; in the order of their chips.
 * @typedef {"live" | "waking" | "asleep" | "problem" | "offline" | "disabled" | "unconfigured"}
 *   Condition
 */
/**
 * The options of a wall, and of the dashboard that has one.
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
 * How a camera is: by its own state first, then by the sensors that are enabled.
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
 * Whether nobody uses a camera. One that is offline says nothing of that: it stays where it is.
 * @type {(condition: Condition, wasUnused: boolean) => boolean}
 */
const isUnused = (condition, wasUnused) =>
  condition === "offline" ? wasUnused : condition === "disabled" || condition === "unconfigured";

/**
 * The place of something in a list; what is not in it comes after all that is.
 * @param {string[]} list
 * @param {string | undefined} item
 */
const rank = (list, item) => {
  const found = item === undefined ? -1 : list.indexOf(item);
  return found < 0 ? list.length : found;
};

/**
 * The cameras that the options let through, in their order.
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
 * A grid of all cameras, and one with a heading for each area that has two or more.
 * @param {Hass} hass
 * @param {Camera[]} cameras
 * @param {WallOptions} options
 * @param {readonly string[]} [formerUnused] The cameras that nobody used before.
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
 * How many cameras are in each condition, without those that nobody uses.
 * @type {(hass: Hass, cameras: Camera[]) => Chip[]}
 */
export const chipsOf = (hass, cameras) => {
  const conditions = cameras.map(({ entities }) => conditionOf(hass, entities));
  return CHIPS.map((condition) => {
    const first = cameras[conditions.indexOf(condition)];
    const count = conditions.filter((each) => each === condition).length;
    return { condition, count, entity: first?.entities["sensor.status"] };
  }).filter(({ count }) => count > 0);
};

/**
 * A server that has been away for longer than a hiccup: its other entities wait that long.
 * @type {(hass: Hass, server: DeviceOf<"server">) => boolean}
 */
export const isAway = (hass, { entities }) => {
  const connection = stateOf(hass, entities["binary_sensor.connection"]);
  const health = stateOf(hass, entities["sensor.health"]);
  return connection?.state !== "on" && (!health || health.state === "unavailable");
};

/**
 * What needs attention most. A server that is away says nothing new of its credentials.
 * @type {(hass: Hass, devices: Devices, needsSignIn: boolean) => Banner | undefined}
 */
export const bannerOf = (hass, { servers, credentials }, needsSignIn) => {
  const away = servers.find((server) => isAway(hass, server));
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
