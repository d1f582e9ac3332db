// @ts-check
/** The state of a camera as its card shows it: pure functions of plain values. */

/** @import { State } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Phase } from "./live-decisions.js" */

/**
 * Played here: live, waking, stalled, reconnecting. Not played here: streaming, unwatched
 * (streaming without a viewer), starting, asleep. Not playable: offline, signed_out (of the
 * server), sign_in (at Google), disabled, not_set_up.
 * @typedef {"live" | "waking" | "stalled" | "reconnecting" | "streaming" | "unwatched" | "starting"
 *   | "asleep" | "offline" | "signed_out" | "sign_in" | "disabled" | "not_set_up"} CardState
 */
/**
 * The facts of a camera: the states of its entities, undefined if an entity is missing.
 * @typedef {Readonly<{
 *   camera: State | undefined,
 *   isRequested?: boolean | undefined,
 *   viewers?: number | undefined,
 *   isPersistent?: boolean | undefined,
 *   isSignedOut?: boolean | undefined,
 * }>} Facts
 */

/** @type {Partial<Record<Phase, CardState>>} */
const OF_PHASES = {
  starting: "waking",
  waiting: "waking",
  live: "live",
  stalled: "stalled",
  reconnecting: "reconnecting",
};
/** @type {Record<string, CardState>} */
const OF_PROBLEMS = {
  camera_unauthorized: "sign_in",
  camera_off: "disabled",
  camera_unconfigured: "not_set_up",
};
/** @type {readonly CardState[]} */
const PLAYABLE = ["streaming", "unwatched", "starting", "asleep"];
/** @type {readonly CardState[]} */
const PLAYED = ["live", "waking", "stalled", "reconnecting"];

/** @param {CardState} state */
export const canPlay = (state) => PLAYABLE.includes(state);

/** @param {CardState} state */
export const isPlayed = (state) => PLAYED.includes(state);

/** @type {(phase: Phase, facts: Facts) => CardState} */
export const cardState = (phase, { camera, isRequested, viewers, isPersistent, isSignedOut }) => {
  const played = OF_PHASES[phase];
  if (played) return played;
  if (!camera || camera.state === "unavailable") return isSignedOut ? "signed_out" : "offline";
  const problem = OF_PROBLEMS[camera.attributes.start_problem ?? ""];
  if (problem) return problem;
  if (camera.state !== "streaming") return isRequested ? "starting" : "asleep";
  return viewers === 0 && !isPersistent ? "unwatched" : "streaming";
};
