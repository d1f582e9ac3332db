// @ts-check
/** The options of a card, and what they come to. */

/** @typedef {"live" | "more-info" | "none"} OwnAction */
/**
 * What a tap or a hold does: one of ours, or any action of Home Assistant's.
 * @typedef {OwnAction | { action: string, [option: string]: unknown }} CardAction
 */
/**
 * As the user writes it.
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
 * A ratio for CSS: of "16:9", "16x9", "1.78" or "56.25%" (the height), as Home Assistant's cards
 * have it; the default for anything else.
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
 * The name of an action, of either form.
 * @param {CardAction} action
 */
export const actionName = (action) => (typeof action === "string" ? action : action.action);

/**
 * What a tap does: the first time what is chosen; on what is played already, or cannot be played,
 * live video becomes more information.
 * @type {(action: CardAction, canPlay: boolean) => CardAction}
 */
export const effectiveAction = (action, canPlay) =>
  actionName(action) === "live" && !canPlay ? "more-info" : action;
