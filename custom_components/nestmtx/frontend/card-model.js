// @ts-check
/** What a card shows, as plain values: a pure function of the known facts. */

/** @import { CameraCardConfig } from "./card-config.js" */
/** @import { CardActionName, Problem } from "./card-problem.js" */
/** @import { CardState } from "./card-state.js" */
/** @import { LiveView } from "./live-video.js" */
/** @import { Translate } from "./translation.js" */

import { DEFAULTS } from "./card-config.js";
import { problemOf } from "./card-problem.js";
import { canPlay, isPlayed } from "./card-state.js";
import { relativeTime } from "./relative-time.js";

/**
 * A task beside a live view, such as taking a picture: in progress, done or failed.
 * @typedef {Readonly<{ kind: "working" | "done" | "failed", message: string, since: number }>} Notice
 */
/**
 * The input of the model.
 * @typedef {Readonly<{
 *   config: CameraCardConfig,
 *   state: CardState,
 *   view: LiveView,
 *   name: string,
 *   area?: string | undefined,
 *   taken?: string | undefined,
 *   viewers?: number | undefined,
 *   livePhase?: string | undefined,
 *   usualStart?: number | null | undefined,
 *   notice?: Notice | undefined,
 *   isMuted: boolean,
 *   isFullScreen: boolean,
 *   isAdmin: boolean,
 *   canEnable: boolean,
 *   now: number,
 *   language: string,
 *   translate: Translate,
 * }>} Known
 */
/**
 * The status over the picture: screen readers don't announce `seconds`, which count on; `progress`
 * is between 0 and 1, null if unknown.
 * @typedef {Readonly<{
 *   text: string,
 *   full?: string | undefined,
 *   detail?: string | undefined,
 *   seconds?: string | undefined,
 *   progress?: number | null | undefined,
 *   isError?: boolean,
 *   action?: CardActionName | undefined,
 *   actionLabel?: string | undefined,
 * }>} Status
 */
/**
 * @typedef {Readonly<{
 *   state: CardState,
 *   label: string,
 *   name: string,
 *   details: string,
 *   chip: string,
 *   viewers: string,
 *   viewersLabel: string,
 *   surfaceLabel: string,
 *   isPlayable: boolean,
 *   isDimmed: boolean,
 *   status: Status | undefined,
 *   notice: Readonly<{ kind: "working" | "done", text: string, seconds: string }> | undefined,
 *   hasControls: boolean,
 *   muteLabel: string,
 *   isMuted: boolean,
 *   fullScreenLabel: string,
 *   isFullScreen: boolean,
 * }>} CardModel
 */

/** @type {Readonly<Record<CardState, string>>} */
const CHIPS = {
  live: "card.state_live",
  waking: "card.state_waking",
  stalled: "card.state_stalled",
  reconnecting: "card.state_reconnecting",
  streaming: "card.state_streaming",
  unwatched: "card.state_unwatched",
  starting: "card.state_starting",
  asleep: "card.state_asleep",
  offline: "card.state_offline",
  signed_out: "card.state_sign_in",
  sign_in: "card.state_sign_in",
  disabled: "card.state_disabled",
  not_set_up: "card.state_not_set_up",
};
/** @type {Readonly<Record<CardActionName, string>>} */
const ACTIONS = {
  authorize: "card.authorize",
  enable: "card.enable",
  set_up: "card.set_up",
  sign_in: "card.sign_in",
  retry: "card.retry",
  cancel: "card.cancel",
};

/** @param {Known} known */
const ageOf = ({ taken, now, language }) =>
  taken ? relativeTime(Date.parse(taken), now, language) : "";

/** @type {(known: Known) => string} */
const chipOf = (known) => {
  const { state, view, translate } = known;
  if (state === "waking") return translate(CHIPS.waking, { seconds: `${view.waited}` });
  const age = ageOf(known);
  if (state === "asleep" && age) return translate("card.state_asleep_since", { age });
  return translate(CHIPS[state]);
};

/**
 * Return the progress of a start, estimated from the camera's recent starts.
 * @type {(known: Known) => number | null}
 */
const progressOf = ({ view, usualStart }) =>
  usualStart ? Math.min(view.waited / usualStart, 1) : null;

/**
 * Return the translated phase of a live view; Home Assistant may know first that it has started.
 * @type {(known: Known) => Status | undefined}
 */
const playedStatus = (known) => {
  const { state, view, name, livePhase, translate } = known;
  const age = ageOf(known);
  const cancel = /** @type {const} */ ("cancel");
  const shared = {
    detail: age && translate("card.picture_age", { age }),
    action: cancel,
    actionLabel: translate(ACTIONS.cancel),
  };
  if (state === "waking") {
    const isReady = view.phase === "waiting" || livePhase === "waiting";
    const text = isReady ? translate("card.waiting") : translate("card.starting", { name });
    const seconds = translate("card.seconds", { seconds: `${view.waited}` });
    return { text, seconds, progress: progressOf(known), ...shared };
  }
  if (state === "stalled") return { ...shared, text: translate("card.stalled"), progress: null };
  if (state === "reconnecting") {
    return { ...shared, text: translate("card.reconnecting"), progress: null };
  }
  return undefined;
};

/** @type {(known: Known) => Problem | undefined} */
const problem = ({ notice, state, view, isAdmin, canEnable, translate }) =>
  problemOf({
    state,
    failure: notice?.kind === "failed" ? notice.message : view.message,
    isAdmin,
    canEnable,
    translate,
  });

/** @type {(known: Known) => Status | undefined} */
const statusOf = (known) => {
  if (known.notice?.kind !== "failed" && isPlayed(known.state)) return playedStatus(known);
  const found = problem(known);
  if (!found) return undefined;
  const { text, full, action } = found;
  return {
    text,
    full: full === text ? undefined : full,
    isError: true,
    action,
    actionLabel: action && known.translate(ACTIONS[action]),
  };
};

/** @type {(known: Known) => CardModel["notice"]} */
const noticeOf = ({ notice, now, translate }) => {
  if (!notice || notice.kind === "failed") return undefined;
  const isWorking = notice.kind === "working";
  const seconds = `${Math.max(0, Math.round((now - notice.since) / 1000))}`;
  return {
    kind: notice.kind,
    text: notice.message,
    seconds: isWorking ? translate("card.seconds", { seconds }) : "",
  };
};

/** @type {(known: Known) => string} */
const detailsOf = (known) => {
  const { config, area, name, state, translate } = known;
  if ((config.layout ?? DEFAULTS.layout) !== "details") return "";
  const age = ageOf(known);
  // The chip shows the age for a sleeping camera; a camera to be live has a status instead.
  const isTold = !age || isPlayed(state) || (state === "asleep" && config.show_state !== false);
  return [
    area && area !== name ? area : "",
    isTold ? "" : translate("card.picture_age", { age }),
  ]
    .filter(Boolean)
    .join(" · ");
};

/** @type {(known: Known) => string} */
const surfaceLabelOf = ({ state, name, translate }) =>
  translate(canPlay(state) ? "card.play" : "card.more_info", { name });

/** @type {(known: Known) => CardModel} */
export const cardModel = (known) => {
  const { config, state, view, viewers = 0, isMuted, isFullScreen, translate } = known;
  const status = statusOf(known);
  const notice = noticeOf(known);
  const isPlayable = canPlay(state) && !status && !notice;
  return Object.freeze({
    state,
    label: known.name,
    name: config.show_name === false ? "" : known.name,
    details: config.show_name === false ? "" : detailsOf(known),
    chip: config.show_state === false ? "" : chipOf(known),
    viewers: config.show_state !== false && viewers > 0 ? `${viewers}` : "",
    viewersLabel: translate("card.viewers", { count: `${viewers}` }),
    surfaceLabel: surfaceLabelOf(known),
    isPlayable,
    isDimmed: status !== undefined,
    status,
    notice,
    hasControls: config.show_controls !== false && view.phase === "live",
    muteLabel: translate(isMuted ? "card.unmute" : "card.mute"),
    isMuted,
    fullScreenLabel: translate(isFullScreen ? "card.exit_full_screen" : "card.full_screen"),
    isFullScreen,
  });
};
