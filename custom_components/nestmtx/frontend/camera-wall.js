// @ts-check
/** The camera wall: a grid of all cameras, which moves cards only when necessary. */

/** @import { CardElement, Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Devices } from "./devices.js" */
/** @import { Camera, Group, Layout, WallOptions } from "./wall-decisions.js" */

import { wallForm } from "./dashboard-editor.js";
import { devicesOf } from "./devices.js";
import { ReauthWatch } from "./reauth-watch.js";
import { loadTranslator, pageTranslator } from "./translation.js";
import { bannerOf, chipsOf, isAway, layoutOf } from "./wall-decisions.js";
import {
  bannerElement,
  chipsElement,
  element,
  noCamerasElement,
  noServerElement,
  showCounts,
} from "./wall-notices.js";
import { WALL_STYLE } from "./wall-style.js";

/** From this number of cameras on, phones show two columns. */
const MANY = 7;
const CARD = "nestmtx-camera-card";
/** @type {Devices} */
const NOTHING = { cameras: [], credentials: [], servers: [] };

/** @param {Camera} camera */
const idOf = ({ entities }) => entities["camera.camera"];

export class CameraWall extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  /** @type {WallOptions} */
  #options = {};
  /** @type {Hass | undefined} */
  #hass;
  #devices = NOTHING;
  /** Cards by camera entity. @type {Map<string, CardElement>} */
  #cards = new Map();
  #reauth = new ReauthWatch(() => this.#render());
  /** @type {string[]} */
  #unused = [];
  #translate = pageTranslator();
  /** The values shown at the moment, to compare new ones with. */
  #shown = { layout: "", notices: "" };

  constructor() {
    super();
    this.#root.innerHTML = `
      <style>${WALL_STYLE}</style>
      <div class="notices" aria-live="polite"></div>
      <div class="groups"></div>
      <details hidden><summary></summary><div class="grid"></div></details>
    `;
    this.#part("details").addEventListener("toggle", () => {
      this.#shown.layout = "";
      this.#render();
    });
  }

  static getStubConfig() {
    return {};
  }

  static getConfigForm() {
    return wallForm();
  }

  getCardSize() {
    return 12;
  }

  getGridOptions() {
    return { columns: "full", rows: "auto" };
  }

  /** @param {WallOptions} options */
  setConfig(options) {
    this.#options = options;
    this.#cards.clear();
    this.#renderAnew();
  }

  /** @param {Hass} hass */
  set hass(hass) {
    const former = this.#hass;
    this.#hass = hass;
    // Only when the registries change: a home may have thousands of entities, with frequent states.
    if (
      former?.entities !== hass.entities ||
      former.devices !== hass.devices ||
      former.areas !== hass.areas
    ) {
      this.#devices = devicesOf(hass);
    }
    if (former?.locale !== hass.locale || former.connected !== hass.connected) {
      this.#loadWords(hass);
    }
    for (const card of this.#cards.values()) card.hass = hass;
    this.#render();
  }

  connectedCallback() {
    this.#render();
  }

  disconnectedCallback() {
    this.#reauth.end();
  }

  /** @param {Hass} hass */
  async #loadWords(hass) {
    try {
      this.#translate = await loadTranslator(hass);
    } catch {
      // They are loaded after reconnecting.
      return;
    }
    this.#renderAnew();
  }

  #renderAnew() {
    this.#shown = { layout: "", notices: "" };
    this.#render();
  }

  #render() {
    const hass = this.#hass;
    if (!hass || !this.isConnected) return;
    this.#reauth.follow(
      hass,
      this.#devices.servers.some((server) => isAway(hass, server)),
    );
    const layout = layoutOf(hass, this.#devices.cameras, this.#options, this.#unused);
    this.#unused = layout.unused.map(idOf);
    this.#renderLayout(hass, layout);
    this.#renderNotices(hass, layout);
  }

  /** @type {(hass: Hass, layout: Layout) => void} */
  #renderNotices(hass, { groups, unused }) {
    const cameras = groups.flatMap((group) => group.cameras);
    const banner = bannerOf(hass, this.#devices, this.#reauth.entries);
    const chips = chipsOf(hass, cameras);
    const isEmpty = !cameras.length && !unused.length;
    const hasServer = this.#devices.servers.length > 0;
    const place = this.#part(".notices");
    // Without numbers, which change often and are set in place.
    const kinds = chips.map(({ condition, entity }) => [condition, entity]);
    const shown = JSON.stringify([banner, kinds, isEmpty, hasServer]);
    if (shown === this.#shown.notices) {
      showCounts(place, chips);
      return;
    }
    this.#shown.notices = shown;
    const notices = [
      ...(banner ? [bannerElement(banner, hass, this.#translate)] : []),
      ...(hasServer ? [] : [noServerElement(hass, this.#translate)]),
      ...(hasServer && isEmpty ? [noCamerasElement(hass, this.#translate)] : []),
      ...(chips.length ? [chipsElement(chips, this.#translate)] : []),
    ];
    const focused = place.querySelector("[data-condition]:focus")?.getAttribute("data-condition");
    place.replaceChildren(...notices);
    /** @type {HTMLElement | null} */ (
      focused ? place.querySelector(`[data-condition="${focused}"]`) : null
    )?.focus();
  }

  /** @type {(hass: Hass, layout: Layout) => void} */
  #renderLayout(hass, { groups, unused }) {
    // Without names: a renamed camera keeps its place until the layout changes otherwise.
    const shown = JSON.stringify([
      groups.map(({ area, cameras }) => [area, cameras.map(idOf).sort()]),
      unused.map(idOf).sort(),
      this.#options,
    ]);
    if (shown === this.#shown.layout) return;
    this.#shown.layout = shown;
    const count = groups.reduce((sum, { cameras }) => sum + cameras.length, 0);
    this.dataset.count = String(Math.min(count, MANY));
    this.toggleAttribute("compact", this.#options.compact === true);
    const details = /** @type {HTMLDetailsElement} */ (this.#part("details"));
    // Don't load anything for cards that the user hasn't expanded.
    const unfolded = details.open ? unused : [];
    this.#drop([...groups.flatMap(({ cameras }) => cameras), ...unfolded]);
    arrange(
      this.#part(".groups"),
      groups.map((group) => this.#group(hass, group)),
    );
    details.hidden = !unused.length;
    const title = this.#translate("wall.unused", { count: String(unused.length) });
    this.#part("summary").textContent = title;
    arrange(
      this.#part("details .grid"),
      unfolded.map((camera) => this.#card(hass, camera)),
    );
  }

  /** @type {(hass: Hass, group: Group) => HTMLElement} */
  #group(hass, { area, cameras }) {
    const id = area?.area_id ?? "";
    const made =
      [...this.#part(".groups").children].find(
        /** @returns {each is HTMLElement} */
        (each) => each instanceof HTMLElement && each.dataset.area === id,
      ) ?? emptyGroup(id);
    made.style.setProperty("--span", String(cameras.length));
    const heading = /** @type {HTMLElement} */ (made.querySelector("h2"));
    heading.textContent = area?.name ?? "";
    heading.hidden = !area;
    arrange(
      /** @type {HTMLElement} */ (made.querySelector(".grid")),
      cameras.map((camera) => this.#card(hass, camera)),
    );
    return made;
  }

  /** @type {(hass: Hass, camera: Camera) => HTMLElement} */
  #card(hass, camera) {
    const entity = idOf(camera);
    const known = this.#cards.get(entity);
    if (known) return known;
    const card = /** @type {CardElement} */ (document.createElement(CARD));
    card.setConfig?.({ type: `custom:${CARD}`, entity, compact: this.#options.compact === true });
    card.hass = hass;
    this.#cards.set(entity, card);
    return card;
  }

  /** @param {Camera[]} kept */
  #drop(kept) {
    const entities = new Set(kept.map(idOf));
    for (const entity of [...this.#cards.keys()]) {
      if (!entities.has(entity)) this.#cards.delete(entity);
    }
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }
}

/** @param {string} id */
const emptyGroup = (id) => {
  const made = element("section");
  made.dataset.area = id;
  made.append(element("h2"), element("div", "grid"));
  return made;
};

/**
 * Set the children in this order. A child that keeps its place is not touched, as moving a card
 * ends its live view.
 * @type {(parent: HTMLElement, children: HTMLElement[]) => void}
 */
const arrange = (parent, children) => {
  for (const child of [...parent.children]) {
    if (!children.some((each) => each === child)) child.remove();
  }
  children.forEach((child, index) => {
    const there = parent.children[index];
    if (there !== child) parent.insertBefore(child, there ?? null);
  });
};
