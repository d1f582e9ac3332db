// @ts-check
/** A card's elements, which show a model; only what differs from the previous model is changed. */

/** @import { CardModel, Status } from "./card-model.js" */
/** @import { CardActionName } from "./card-problem.js" */
/** @import { LiveVideo } from "./live-video.js" */
/** @import { Translate } from "./translation.js" */

import { MENU_STYLE } from "./card-menu.js";
import { CARD_STYLE } from "./card-style.js";
import { setAttribute, setHidden, setText } from "./set-differing.js";

/** @typedef {"mute" | "snapshot" | "full_screen" | "stop" | "menu"} ButtonName */

// The buttons are in the order of keyboard focus. The two symbols that all cards of a wall show are
// drawn by the style: two elements for each icon would cost more than the rest of a card.
const MARKUP = `
  <ha-card>
    <div class="view" role="group">
      <div class="empty" aria-hidden="true"></div>
      <nestmtx-live-video></nestmtx-live-video>
      <div class="shade dim"></div><div class="shade top"></div><div class="shade bottom"></div>
      <button class="surface" aria-describedby="state">
        <span class="play" aria-hidden="true"></span>
      </button>
      <div class="status" hidden>
        <div class="ring" aria-hidden="true">
          <svg viewBox="0 0 36 36">
            <circle class="track" cx="18" cy="18" r="15.9"></circle>
            <circle class="value" cx="18" cy="18" r="15.9" pathLength="100"></circle>
          </svg>
          <span class="seconds"></span>
        </div>
        <p class="text" role="status"></p>
        <p class="detail"></p>
        <button class="pill"></button>
      </div>
      <div class="notice" hidden>
        <span class="symbol" aria-hidden="true"></span>
        <span class="text" role="status"></span><span class="seconds" aria-hidden="true"></span>
      </div>
      <footer class="bottom">
        <div class="title"><p class="name"></p><p class="details"></p></div>
        <div class="buttons playing" hidden></div>
      </footer>
      <header class="top">
        <div class="chips">
          <span class="chip state" id="state"><span></span></span>
          <span class="chip viewers" role="img" hidden></span>
        </div>
        <div class="buttons">
          <button class="icon" data-button="menu" aria-haspopup="menu" aria-expanded="false"></button>
        </div>
      </header>
      <div class="flash"></div>
    </div>
  </ha-card>
`;
/** What parts contain once they are shown: most cards of a wall never show them. */
const CONTENT = {
  ".empty": `<ha-icon icon="mdi:cctv"></ha-icon>`,
  ".notice .symbol": `<ha-icon></ha-icon>`,
  ".playing": `
    <button class="icon" data-button="mute"><ha-icon></ha-icon></button>
    <button class="icon" data-button="snapshot"><ha-icon icon="mdi:camera"></ha-icon></button>
    <button class="icon" data-button="full_screen"><ha-icon></ha-icon></button>
    <button class="icon" data-button="stop"><ha-icon icon="mdi:stop"></ha-icon></button>`,
  ".chip.viewers": `
    <ha-icon icon="mdi:eye" aria-hidden="true"></ha-icon><span aria-hidden="true"></span>`,
};

export class CardView {
  #root;
  /** @type {Map<string, HTMLElement>} */
  #parts = new Map();
  /** @type {CardModel | undefined} */
  #shown;
  #press;
  /** The labels that never change. */
  #labels = { snapshot: "", stop: "" };

  /**
   * @param {ShadowRoot} root
   * @param {{ act: (action: CardActionName) => void, press: (button: ButtonName) => void }} callbacks
   */
  constructor(root, { act, press }) {
    this.#root = root;
    this.#press = press;
    root.adoptedStyleSheets = [CARD_STYLE, MENU_STYLE];
    root.innerHTML = MARKUP;
    this.part(".pill").addEventListener("click", () => {
      const { action } = this.#shown?.status ?? {};
      // The button may disappear, and with it the focus.
      this.part(".surface").focus({ preventScroll: true });
      if (action) act(action);
    });
    this.#listen(root);
  }

  /** @param {ParentNode} parent */
  #listen(parent) {
    for (const button of parent.querySelectorAll("[data-button]")) {
      const name = /** @type {ButtonName} */ (button.getAttribute("data-button"));
      button.addEventListener("click", () => this.#press(name));
    }
  }

  get video() {
    return /** @type {LiveVideo} */ (this.part("nestmtx-live-video"));
  }

  /**
   * Return an element of the markup.
   * @param {string} selector
   */
  part(selector) {
    const known = this.#parts.get(selector);
    if (known) return known;
    const found = /** @type {HTMLElement} */ (this.#root.querySelector(selector));
    this.#parts.set(selector, found);
    return found;
  }

  /**
   * Show or hide a part with its content, which is made when it is first shown.
   * @param {keyof typeof CONTENT} selector
   * @param {boolean} isHidden
   */
  #setHiddenContent(selector, isHidden) {
    const element = this.part(selector);
    if (!isHidden && !element.firstElementChild) {
      element.innerHTML = CONTENT[selector];
      this.#listen(element);
    }
    setHidden(element, isHidden);
  }

  /**
   * Set the labels that never change.
   * @param {Translate} translate
   */
  name(translate) {
    this.#labels = { snapshot: translate("card.snapshot"), stop: translate("card.stop") };
    this.#label("menu", translate("card.menu"));
  }

  /** Flash, like a camera taking a picture. */
  flash() {
    const flash = this.part(".flash");
    flash.classList.remove("on");
    // The animation restarts only after a layout without it.
    flash.getBoundingClientRect();
    flash.classList.add("on");
  }

  /**
   * @param {CardModel} model
   * @param {boolean} hasPicture
   */
  show(model, hasPicture) {
    const view = this.part(".view");
    setAttribute(view, "aria-label", model.label);
    view.classList.toggle("dimmed", model.isDimmed);
    view.classList.toggle("controls", model.hasControls);
    view.classList.toggle("blank", !hasPicture);
    this.#setHiddenContent(".empty", hasPicture);
    setAttribute(this.part(".surface"), "aria-label", model.surfaceLabel);
    // A small card shows only the beginning of the text.
    setAttribute(this.part(".surface"), "title", model.status?.full ?? model.status?.text);
    setHidden(this.part(".play"), !model.isPlayable);
    this.#showTexts(model);
    this.#showStatus(model.status);
    this.#showNotice(model.notice);
    this.#showControls(model);
    this.#shown = model;
  }

  /** @param {CardModel} model */
  #showTexts({ name, details, state, chip, viewers, viewersLabel }) {
    setText(this.part(".name"), name);
    setText(this.part(".details"), details);
    setHidden(this.part(".details"), !details);
    setHidden(this.part(".shade.bottom"), !name);
    setAttribute(this.part(".chip.state"), "data-state", state);
    setText(this.part(".chip.state span"), chip);
    setHidden(this.part(".chip.state"), !chip);
    this.#setHiddenContent(".chip.viewers", !viewers);
    if (!viewers) return;
    setText(this.part(".chip.viewers span"), viewers);
    setAttribute(this.part(".chip.viewers"), "aria-label", viewersLabel);
  }

  /** @param {Status | undefined} status */
  #showStatus(status) {
    const element = this.part(".status");
    setHidden(element, !status);
    setText(this.part(".status .text"), status?.text ?? "");
    if (!status) return;
    element.classList.toggle("error", Boolean(status.isError));
    setText(this.part(".status .detail"), status.detail ?? "");
    setHidden(this.part(".status .detail"), !status.detail);
    setText(this.part(".pill"), status.actionLabel ?? "");
    setHidden(this.part(".pill"), !status.action);
    this.#showRing(status);
  }

  /** @param {Status} status */
  #showRing({ progress, seconds = "" }) {
    const ring = this.part(".ring");
    setHidden(ring, progress === undefined);
    ring.classList.toggle("unknown", progress === null);
    ring.style.setProperty("--progress", `${progress ?? 0}`);
    setText(this.part(".ring .seconds"), seconds);
  }

  /** @param {CardModel["notice"]} notice */
  #showNotice(notice) {
    setHidden(this.part(".notice"), !notice);
    setText(this.part(".notice .text"), notice?.text ?? "");
    if (!notice) return;
    const isWorking = notice.kind === "working";
    this.#setHiddenContent(".notice .symbol", false);
    this.part(".notice").classList.toggle("working", isWorking);
    setAttribute(this.part(".notice ha-icon"), "icon", isWorking ? "mdi:loading" : "mdi:check");
    setText(this.part(".notice .seconds"), notice.seconds);
  }

  /** @param {CardModel} model */
  #showControls({ hasControls, isMuted, muteLabel, isFullScreen, fullScreenLabel }) {
    // The focused button may disappear, and with it the focus.
    if (!hasControls && this.part(".playing").contains(this.#root.activeElement)) {
      this.part(".surface").focus({ preventScroll: true });
    }
    this.#setHiddenContent(".playing", !hasControls);
    if (!hasControls) return;
    for (const [name, label] of Object.entries(this.#labels)) this.#label(name, label);
    this.#label("mute", muteLabel);
    this.#icon("mute", isMuted ? "mdi:volume-off" : "mdi:volume-high");
    this.#label("full_screen", fullScreenLabel);
    this.#icon("full_screen", isFullScreen ? "mdi:fullscreen-exit" : "mdi:fullscreen");
  }

  /** @type {(button: string, label: string) => void} */
  #label(button, label) {
    setAttribute(this.part(`[data-button=${button}]`), "aria-label", label);
    setAttribute(this.part(`[data-button=${button}]`), "title", label);
  }

  /** @type {(button: ButtonName, icon: string) => void} */
  #icon(button, icon) {
    setAttribute(this.part(`[data-button=${button}] ha-icon`), "icon", icon);
  }
}
