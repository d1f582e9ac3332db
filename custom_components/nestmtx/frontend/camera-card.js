// @ts-check
/** A camera's card: its picture or live video, and tiles of what it does and what can be done. */

/** @import { CardConfig, CardElement, Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Device, Entities } from "./devices.js" */
/** @import { LiveVideo } from "./live-video.js" */

import { pressed } from "./actions.js";
import { cameraOf, firstCamera } from "./devices.js";
import { leaveChoice, Rebuild, takeChoice } from "./live-choices.js";
import { LiveOverlay, setText } from "./live-overlay.js";
import { loadTranslator, pageTranslator } from "./translation.js";

/** @typedef {{ type: string, entity: string, live_when_ready?: boolean }} CameraCardConfig */

/** How long a view lasts that somebody asked for: nobody empties a battery by forgetting it. */
const LIVE_VIEW_MS = 5 * 60 * 1000;

const TILES = [
  "sensor.status",
  "sensor.viewers",
  "binary_sensor.stream_authorization",
  "switch.persistent",
  "button.take_picture",
  "button.restart_stream",
];

const STYLE = `
  ha-card { overflow: hidden; height: 100%; }
  .picture { position: relative; }
  .details { padding: 8px; }
  .name {
    position: absolute; inset-block-end: 0; inset-inline: 0; margin: 0; padding: 24px 16px 12px;
    color: white; background: linear-gradient(transparent, rgb(0 0 0 / 60%));
  }
  .toggle {
    position: absolute; inset: 0; width: 100%; padding: 0; border: 0;
    background: none; color: white; cursor: pointer;
  }
  .toggle[hidden] { display: none; }
  .toggle:focus-visible { outline: 3px solid var(--primary-color); outline-offset: -3px; }
  .toggle span {
    position: absolute; inset-block-start: 8px; inset-inline-end: 8px;
    display: flex; padding: 8px; border-radius: 50%; background: rgb(0 0 0 / 60%);
  }
`;

/**
 * The state of an entity, or undefined where there is none.
 * @param {Hass | undefined} hass
 * @param {string | undefined} entity
 */
const stateOf = (hass, entity) => (entity ? hass?.states[entity]?.state : undefined);

/**
 * Whether a camera is shown live: as somebody chose, else where that keeps nothing awake.
 * @param {{
 *   hass: Hass | undefined,
 *   config: CameraCardConfig | undefined,
 *   entities: Entities,
 *   choice: boolean | undefined,
 * }} card
 */
const isLive = ({ hass, config, entities, choice }) => {
  if (choice !== undefined) return choice;
  const isReady = stateOf(hass, config?.entity) === "streaming";
  const isPersistent = stateOf(hass, entities["switch.persistent"]) === "on";
  return isReady && (isPersistent || config?.live_when_ready === true);
};

/**
 * The configuration of the tiles below it, two in a row.
 * @type {(entities: Entities) => CardConfig}
 */
const detailsConfig = (entities) => ({
  type: "grid",
  columns: 2,
  square: false,
  cards: TILES.flatMap((key) => entities[key] ?? []).map((entity) => tileConfig(entity)),
});

/** @type {(entity: string) => CardConfig} */
const tileConfig = (entity) => ({
  type: "tile",
  entity,
  name: { type: "entity" },
  ...(entity.startsWith("button.") && { ...pressed(entity), ...whileAvailable(entity) }),
});

/** @param {string} entity */
const whileAvailable = (entity) => ({
  hide_state: true,
  visibility: [{ condition: "state", entity, state_not: "unavailable" }],
});

export class CameraCard extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  /** @type {CameraCardConfig | undefined} */
  #config;
  /** @type {Hass | undefined} */
  #hass;
  /** @type {Device | undefined} */
  #camera;
  /** @type {boolean | undefined} */
  #choice;
  /** @type {number | undefined} */
  #timer;
  #liveUntil = 0;
  #rebuild = new Rebuild();
  #isPlaying = false;
  #overlay = new LiveOverlay(() => this.#retry());
  /** @type {{ wanted?: string, card?: CardElement }} */
  #details = {};
  #translate = pageTranslator();

  constructor() {
    super();
    this.#root.innerHTML = `
      <style>${STYLE}</style>
      <ha-card>
        <div class="picture">
          <nestmtx-live-video></nestmtx-live-video>
          <p class="name"></p>
          <button class="toggle"><span><ha-icon></ha-icon></span></button>
        </div>
        <div class="details"></div>
      </ha-card>
    `;
    this.#video.after(this.#overlay.element);
    this.#part(".toggle").addEventListener("click", () => this.#choose(!this.#live));
    this.#video.addEventListener("live-view", () => this.#renderView());
  }

  /**
   * @param {Hass} hass
   * @param {string[]} entities
   * @param {string[]} others
   */
  static getStubConfig(hass, entities, others) {
    const entity = firstCamera(hass, [...entities, ...others]);
    return { entity: entity ?? "" };
  }

  static getConfigForm() {
    const translate = pageTranslator();
    const camera = { filter: { integration: "nestmtx", domain: "camera" } };
    return {
      schema: [
        { name: "entity", required: true, selector: { entity: camera } },
        { name: "live_when_ready", selector: { boolean: {} } },
      ],
      computeLabel: (/** @type {{ name: string }} */ { name }) => translate(`card.${name}`),
      computeHelper: (/** @type {{ name: string }} */ { name }) => translate(`card.${name}_help`),
    };
  }

  /** @param {CameraCardConfig} config */
  setConfig(config) {
    if (!config.entity) throw new Error(pageTranslator()("card.no_camera"));
    this.#config = config;
    this.#video.entity = config.entity;
    this.#find();
    this.#choose(undefined);
  }

  /** @param {Hass} hass */
  set hass(hass) {
    const former = this.#hass;
    this.#hass = hass;
    this.#rebuild.follow(hass.connected);
    // Only when they change: a house may have thousands of entities, and a state changes often.
    if (former?.entities !== hass.entities || former?.devices !== hass.devices) this.#find();
    if (former?.locale !== hass.locale || former.connected !== hass.connected) {
      this.#loadWords(hass);
    }
    this.#render();
  }

  connectedCallback() {
    const until = this.#config && takeChoice(this.#config.entity);
    if (until) this.#choose(true, until);
    else this.#render();
  }

  disconnectedCallback() {
    if (this.#config && this.#choice && this.#rebuild.isLikely) {
      leaveChoice(this.#config.entity, this.#liveUntil);
    }
    this.#choose(undefined);
  }

  getCardSize() {
    return 6;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  get #live() {
    const entities = this.#camera?.entities ?? {};
    return isLive({ hass: this.#hass, config: this.#config, entities, choice: this.#choice });
  }

  #find() {
    this.#camera = this.#hass && this.#config && cameraOf(this.#hass, this.#config.entity);
  }

  /** @param {Hass} hass */
  async #loadWords(hass) {
    try {
      this.#translate = await loadTranslator(hass);
    } catch {
      // They are loaded when there is a connection again.
      return;
    }
    this.#render();
  }

  get #video() {
    return /** @type {LiveVideo} */ (this.#part("nestmtx-live-video"));
  }

  #retry() {
    this.#choose(true);
    this.#video.play();
  }

  /**
   * @param {boolean | undefined} choice
   * @param {number} [until] By performance.now().
   */
  #choose(choice, until = performance.now() + LIVE_VIEW_MS) {
    clearTimeout(this.#timer);
    this.#choice = choice;
    this.#liveUntil = until;
    if (choice) {
      this.#timer = setTimeout(() => this.#choose(undefined), until - performance.now());
    }
    this.#render();
  }

  #render() {
    if (!this.#hass || !this.#config) return;
    this.#video.hass = this.#hass;
    this.#play(this.isConnected && this.#live);
    this.#buildDetails(detailsConfig(this.#camera?.entities ?? {}));
    this.#renderView();
  }

  /** @param {boolean} live */
  #play(live) {
    if (live === this.#isPlaying) return;
    this.#isPlaying = live;
    if (live) this.#video.play();
    else this.#video.stop();
  }

  #renderView() {
    if (!this.#config) return;
    const { view } = this.#video;
    this.#overlay.show(view, this.#hass?.states[this.#config.entity]?.attributes, this.#translate);
    const name = this.#camera?.name ?? this.#config.entity;
    setText(this.#part(".name"), name);
    const toggle = this.#part(".toggle");
    const live = this.#live;
    toggle.hidden = !this.#camera || view.phase === "ended";
    toggle.setAttribute("aria-label", this.#translate(live ? "card.stop" : "card.play", { name }));
    this.#part(".toggle ha-icon").setAttribute("icon", live ? "mdi:stop" : "mdi:play");
  }

  /**
   * A part of the markup that the constructor writes.
   * @param {string} selector
   */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }

  /**
   * Put Home Assistant's cards below the picture, anew only for another configuration.
   * @param {CardConfig} config
   */
  async #buildDetails(config) {
    const wanted = JSON.stringify(config);
    const details = this.#details;
    if (details.wanted !== wanted) {
      details.wanted = wanted;
      const { createCardElement } = await window.loadCardHelpers();
      // Another was wanted in the meantime.
      if (details.wanted !== wanted) return;
      details.card = createCardElement(config);
      details.card.hass = this.#hass;
      this.#part(".details").replaceChildren(details.card);
    } else if (details.card) {
      details.card.hass = this.#hass;
    }
  }
}
