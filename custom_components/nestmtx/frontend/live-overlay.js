// @ts-check
/** What stands over a camera's picture while it is not live: what goes on, and for how long. */

/** @import { State } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Phase } from "./live-decisions.js" */
/** @import { LiveView } from "./live-video.js" */
/** @import { Translate } from "./translation.js" */

/** @type {Partial<Record<Phase, string>>} */
const WORDS = {
  starting: "card.starting",
  waiting: "card.waiting",
  stalled: "card.stalled",
  reconnecting: "card.reconnecting",
};

const STYLE = `
  .live-overlay {
    position: absolute; inset: 0; display: flex; flex-direction: column; gap: 8px;
    align-items: center; justify-content: center; padding: 16px; text-align: center;
    color: white; background: rgb(0 0 0 / 55%); pointer-events: none;
  }
  .live-overlay[hidden], .live-overlay [hidden] { display: none; }
  .live-overlay p { margin: 0; }
  .live-overlay progress { width: 60%; max-width: 240px; accent-color: var(--primary-color); }
  .live-overlay button {
    padding: 8px 16px; border: 0; border-radius: 16px; font: inherit; cursor: pointer;
    color: var(--text-primary-color, white); background: var(--primary-color); pointer-events: auto;
  }
  .live-overlay button:focus-visible { outline: 3px solid white; }
  @media (prefers-reduced-motion: reduce) { progress:indeterminate { display: none; } }
`;

/**
 * Change a text: one that is set again would be laid out, and read out, again.
 * @param {HTMLElement} element
 * @param {string} text
 */
export const setText = (element, text) => {
  if (element.textContent !== text) element.replaceChildren(text);
};

/** @typedef {State["attributes"]} Attributes */

/**
 * The phase of a view in words; the backend may know already that the camera has started.
 * @type {(view: LiveView, attributes: Attributes | undefined, translate: Translate) => string}
 */
const wordsOf = ({ phase, message }, attributes, translate) => {
  if (phase === "ended") return message || translate("card.failed");
  const isReady = phase === "starting" && attributes?.live_phase === "waiting";
  const key = WORDS[isReady ? "waiting" : phase];
  return key ? translate(key) : "";
};

/**
 * How much of the start is over, by how long this camera took the last times; null where that is
 * not known, undefined where nothing starts.
 * @type {(view: LiveView, attributes: Attributes | undefined) => number | null | undefined}
 */
const progressOf = ({ phase, waited }, attributes) => {
  if (phase !== "starting" && phase !== "waiting") return undefined;
  const usual = attributes?.usual_start;
  return usual ? Math.min(waited / usual, 1) : null;
};

export class LiveOverlay {
  element = document.createElement("div");
  #status;
  #seconds;
  #progress;
  #button;

  /** @param {() => void} retry */
  constructor(retry) {
    this.element.className = "live-overlay";
    this.element.hidden = true;
    this.element.innerHTML = `
      <style>${STYLE}</style>
      <p class="status" role="status" aria-live="polite"></p>
      <p class="seconds" aria-hidden="true"></p>
      <progress aria-hidden="true"></progress>
      <button></button>
    `;
    this.#status = this.#part(".status");
    this.#seconds = this.#part(".seconds");
    this.#progress = this.#part("progress");
    this.#button = this.#part("button");
    this.#button.addEventListener("click", retry);
  }

  /**
   * @param {LiveView} view
   * @param {Attributes | undefined} attributes
   * @param {Translate} translate
   */
  show(view, attributes, translate) {
    const words = wordsOf(view, attributes, translate);
    const hasEnded = view.phase === "ended";
    this.element.hidden = !words;
    setText(this.#status, words);
    this.#seconds.hidden = hasEnded;
    setText(this.#seconds, translate("card.seconds", { seconds: `${view.waited}` }));
    this.#button.hidden = !hasEnded;
    setText(this.#button, translate("card.retry"));
    this.#showProgress(progressOf(view, attributes));
  }

  /** @param {number | null | undefined} progress */
  #showProgress(progress) {
    this.#progress.hidden = progress === undefined;
    if (typeof progress === "number") this.#progress.setAttribute("value", `${progress}`);
    else this.#progress.removeAttribute("value");
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.element.querySelector(selector));
  }
}
