// @ts-check
/** The notices above a camera wall: the most urgent problem, and the number in each condition. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Banner, Chip } from "./wall-decisions.js" */
/** @import { Translate } from "./translation.js" */

import { timeOf } from "./times.js";

const SERVERS_PAGE = "/config/integrations/integration/nestmtx";
const ADD_SERVER_PAGE = "/config/integrations/dashboard/add?domain=nestmtx";
const REPAIRS_PAGE = "/config/repairs";
const DOCUMENTATION = "https://github.com/nestmtx-home-assistant/nestmtx#readme";

/** The text and link of each banner; the link is only for users who may open it. */
const BANNERS = {
  sign_in: { text: "wall.sign_in", action: "wall.sign_in_action", page: SERVERS_PAGE },
  offline: { text: "wall.away", action: "wall.away_action", page: SERVERS_PAGE },
  credential: { text: "wall.credential", action: "wall.credential_action", page: REPAIRS_PAGE },
};
/** @type {Readonly<Record<string, string>>} */
const CHIPS = {
  live: "wall.live",
  waking: "wall.waking",
  asleep: "wall.asleep",
  problem: "wall.problem",
  offline: "wall.offline",
};
/** Stands for the number in a translated text. */
const MARK = "\u0000";

export const NOTICES_STYLE = `
  .banner, .note {
    display: flex; flex-wrap: wrap; align-items: center; gap: 8px 16px;
    padding: 12px 16px; border-radius: var(--ha-card-border-radius, 12px);
    color: var(--primary-text-color);
    background: color-mix(in srgb, var(--tone) 16%, var(--card-background-color));
    --tone: var(--warning-color);
  }
  .banner[data-kind=offline] { --tone: var(--error-color); }
  .note { --tone: var(--primary-color); }
  .banner ha-icon { color: var(--tone); flex: none; }
  .banner p, .note p { margin: 0; flex: 1 1 200px; }
  .banner p { font-weight: 500; }
  .banner a, .note a {
    flex: none; margin-inline-start: auto; padding: 8px 16px; border-radius: 18px;
    font-weight: 500; text-decoration: none; color: var(--primary-text-color);
    background: color-mix(in srgb, var(--tone) 32%, var(--card-background-color));
  }
  .chips { display: flex; flex-wrap: wrap; gap: 8px; margin: 0; padding: 0; list-style: none; }
  .chip {
    display: flex; align-items: center; gap: 8px; padding: 6px 12px; border: 0;
    border-radius: 16px; font: inherit; font-size: 14px;
    color: var(--primary-text-color); background: var(--card-background-color);
  }
  .chip::before {
    content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--tone);
  }
  /* As wide as its digits, so that only another number of digits lays out the page. */
  .count {
    display: inline-block; contain: strict; block-size: 1lh; vertical-align: top;
    font-variant-numeric: tabular-nums;
  }
  button.chip { cursor: pointer; }
  .chip[data-condition=live] { --tone: var(--red-color, #f44336); }
  .chip[data-condition=waking] { --tone: var(--blue-color, #2196f3); }
  .chip[data-condition=asleep] { --tone: var(--blue-grey-color, #607d8b); }
  .chip[data-condition=problem] { --tone: var(--orange-color, #ff9800); }
  .chip[data-condition=offline] { --tone: var(--disabled-text-color, #6f6f6f); }
  a:focus-visible, button:focus-visible, summary:focus-visible {
    outline: 2px solid var(--primary-color); outline-offset: 2px;
  }
`;

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string} [text]
 */
export const element = (tag, className = "", text = "") => {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
};

/** @type {(href: string, text: string) => HTMLElement} */
const link = (href, text) => {
  const made = element("a", "", text);
  made.href = href;
  return made;
};

/**
 * @param {Banner} banner
 * @param {Hass} hass
 * @param {Translate} translate
 */
export const bannerElement = ({ kind, name, since }, hass, translate) => {
  const { text, action, page } = BANNERS[kind];
  const words = { name, time: since ? timeOf(hass, since) : "" };
  const made = element("div", "banner");
  made.dataset.kind = kind;
  const icon = document.createElement("ha-icon");
  icon.setAttribute("icon", kind === "offline" ? "mdi:cloud-off-outline" : "mdi:key-alert");
  made.append(icon, element("p", "", translate(text, words)));
  if (hass.user?.is_admin) made.append(link(page, translate(action)));
  return made;
};

/** @type {(hass: Hass, translate: Translate) => HTMLElement} */
export const noServerElement = (hass, translate) => {
  const made = element("div", "note");
  made.append(element("p", "", translate("wall.no_server")));
  if (hass.user?.is_admin) made.append(link(ADD_SERVER_PAGE, translate("wall.add_server")));
  return made;
};

/** @type {(hass: Hass, translate: Translate) => HTMLElement} */
export const noCamerasElement = (hass, translate) => {
  const made = element("div", "note");
  made.append(element("p", "", translate("wall.no_cameras")));
  if (hass.user?.is_admin) made.append(link(DOCUMENTATION, translate("wall.help")));
  return made;
};

/**
 * Set the numbers of chips that are shown.
 * @type {(place: HTMLElement, chips: Chip[]) => void}
 */
export const showCounts = (place, chips) => {
  for (const { condition, count } of chips) {
    const shown = place.querySelector(`[data-condition=${condition}] .count`);
    if (shown) setCount(/** @type {HTMLElement} */ (shown), count);
  }
};

/** @type {(shown: HTMLElement, count: number) => void} */
const setCount = (shown, count) => {
  const digits = String(count);
  if (shown.textContent === digits) return;
  shown.textContent = digits;
  shown.style.inlineSize = `${digits.length}ch`;
};

/**
 * Make the text of a chip, with its number in an element of its own.
 * @type {(chip: Chip, translate: Translate) => HTMLElement}
 */
const chipText = ({ condition, count }, translate) => {
  const [before = "", after = ""] = translate(CHIPS[condition] ?? condition, { count: MARK }).split(
    MARK,
  );
  const text = element("span");
  const number = element("span", "count");
  setCount(number, count);
  text.append(before, number, after);
  return text;
};

/**
 * Make the chips; a chip for a problem links to it, the others are plain text.
 * @type {(chips: Chip[], translate: Translate) => HTMLElement}
 */
export const chipsElement = (chips, translate) => {
  const list = element("ul", "chips");
  // Numbers change too often to be announced.
  list.setAttribute("aria-live", "off");
  for (const each of chips) {
    const { condition, entity } = each;
    const chip = element(entity ? "button" : "span", "chip");
    chip.append(chipText(each, translate));
    chip.dataset.condition = condition;
    if (entity) chip.addEventListener("click", () => showMore(chip, entity));
    const item = element("li");
    item.append(chip);
    list.append(item);
  }
  return list;
};

/** @type {(from: HTMLElement, entityId: string) => void} */
const showMore = (from, entityId) => {
  const detail = { entityId };
  from.dispatchEvent(
    new CustomEvent("hass-more-info", { detail, bubbles: true, composed: true }),
  );
};
