// @ts-check
/** The options of a card, and the values that follow from them. */

/** @typedef {"live" | "more-info" | "none"} OwnAction */
/**
 * The action of a tap or hold: one of ours, or any of Home Assistant's.
 * @typedef {OwnAction | { action: string, [option: string]: unknown }} CardAction
 */
/**
 * The configuration as the user writes it.
 * @typedef {{
 *   type: string,
 *   entity: string,
 *   name?: string,
 *   fit?: "cover" | "contain" | "fill",
 *   aspect_ratio?: string,
 *   tap_action?: CardAction,
 *   hold_action?: CardAction,
 *   show_controls?: boolean,
 *   show_name?: boolean,
 *   show_state?: boolean,
 *   layout?: "compact" | "details",
 *   live_when_ready?: boolean,
 *   fast_start?: boolean,
 * }} CameraCardConfig
 */

export const DEFAULTS = Object.freeze({
  fit: "cover",
  aspect_ratio: "16:9",
  tap_action: /** @type {CardAction} */ ("live"),
  hold_action: /** @type {CardAction} */ ("more-info"),
  show_controls: true,
  show_name: true,
  show_state: true,
  layout: "compact",
  live_when_ready: false,
  fast_start: false,
});

const RATIO = /^(?<width>\d+(?:\.\d+)?)\s*[:x/]\s*(?<height>\d+(?:\.\d+)?)$/;

/**
 * Return the aspect ratio for CSS from "16:9", "16x9", "1.78" or "56.25%" (the height), the formats
 * of Home Assistant's cards; the default for anything else.
 * @param {string | number | undefined} text
 * @returns {string}
 */
export const aspectRatio = (text = DEFAULTS.aspect_ratio) => {
  const { width, height } = RATIO.exec(`${text}`.trim())?.groups ?? {};
  if (Number(width) && Number(height)) return `${width} / ${height}`;
  const number = Number.parseFloat(`${text}`);
  if (!(number > 0)) return aspectRatio();
  return `${text}`.trim().endsWith("%") ? `100 / ${number}` : `${number}`;
};

/**
 * Return the name of an action in either form.
 * @param {CardAction} action
 */
export const actionName = (action) => (typeof action === "string" ? action : action.action);

/**
 * Return the action of a tap: the configured one, but "more-info" in place of "live" if the camera
 * is already playing or cannot be played.
 * @type {(action: CardAction, canPlay: boolean) => CardAction}
 */
export const effectiveAction = (action, canPlay) =>
  actionName(action) === "live" && !canPlay ? "more-info" : action;
