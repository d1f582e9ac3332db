// @ts-check
/** What Home Assistant knows of a camera that a live view goes by. */

/** @import { State } from "../../../scripts/javascript/home-assistant.d.ts" */

/** @param {State | undefined} state */
export const isAvailable = (state) => state !== undefined && state.state !== "unavailable";

/**
 * Whether a camera can be played at once that could not be before.
 * @param {State | undefined} former
 * @param {State | undefined} state
 */
export const isBack = (former, state) =>
  isAvailable(state) &&
  (!isAvailable(former) || (state?.state === "streaming" && former?.state !== "streaming"));

/**
 * Whether the frames that come are the camera's: in the latest view, they are by then.
 * @param {State | undefined} state
 */
export const isCertain = (state) =>
  !["starting", "waiting"].includes(state?.attributes.live_phase ?? "");
