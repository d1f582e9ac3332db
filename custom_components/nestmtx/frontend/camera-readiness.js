// @ts-check
/** The state of a camera as a live view needs it. */

/** @import { State } from "../../../scripts/javascript/home-assistant.d.ts" */

/** @param {State | undefined} state */
export const isAvailable = (state) => state !== undefined && state.state !== "unavailable";

/**
 * Return whether a camera has become ready to play at once.
 * @param {State | undefined} former
 * @param {State | undefined} state
 */
export const isBack = (former, state) =>
  isAvailable(state) &&
  (!isAvailable(former) || (state?.state === "streaming" && former?.state !== "streaming"));

/**
 * Return whether the frames are certain to be the camera's, according to its latest view.
 * @param {State | undefined} state
 */
export const isCertain = (state) =>
  Boolean(state?.attributes.live_verified) ||
  !["starting", "waiting"].includes(state?.attributes.live_phase ?? "");
