// @ts-check
/** A camera's card: its picture or live video, and tiles of what it does and what can be done. */

/** @import { CardConfig, CardElement, Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Device, Entities } from "./devices.js" */

import { pressed } from "./actions.js";
import { cameraOf, firstCamera } from "./devices.js";
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
  .picture { position: relative; --ha-card-border-radius: 0; --ha-card-border-width: 0; }
  .details { padding: 8px; }
  button {
    position: absolute; inset: 0; width: 100%; padding: 0; border: 0;
    background: none; color: white; cursor: pointer;
  }
  button:focus-visible { outline: 3px solid var(--primary-color); outline-offset: -3px; }
  button span {
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
 * Whether a view has to begin anew when a camera's state changes: its stream has ended, or the
 * server is back. Home Assistant's player of WebRTC does not connect again by itself.
 * @param {string | undefined} former
 * @param {string | undefined} state
 */
const beginsAnew = (former, state) =>
  state !== former &&
  state !== "unavailable" &&
  (former === "streaming" || former === "unavailable");

/**
 * The configuration of the picture's card.
 * @type {(config: CameraCardConfig, live: boolean) => CardConfig}
 */
const pictureConfig = (config, live) => ({
  type: "picture-entity",
  entity: config.entity,
  camera_view: live ? "live" : "auto",
  show_state: false,
  tap_action: { action: "none" },
});

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
  /** How often a view has had to begin anew. */
  #beginnings = 0;
  /** @type {Record<string, { wanted?: string, card?: CardElement }>} */
  #built = {};
  #translate = pageTranslator();

  constructor() {
    super();
    this.#root.innerHTML = `
      <style>${STYLE}</style>
      <ha-card>
        <div class="picture"><div></div><button><span><ha-icon></ha-icon></span></button></div>
        <div class="details"></div>
      </ha-card>
    `;
    this.#part("button").addEventListener("click", () => this.#toggle());
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
    this.#find();
    this.#choose(undefined);
  }

  /** @param {Hass} hass */
  set hass(hass) {
    const former = this.#hass;
    this.#hass = hass;
    // Only when they change: a house may have thousands of entities, and a state changes often.
    if (former?.entities !== hass.entities || former?.devices !== hass.devices) this.#find();
    if (former?.locale !== hass.locale || former.connected !== hass.connected) {
      this.#loadWords(hass);
    }
    const entity = this.#config?.entity;
    if (beginsAnew(stateOf(former, entity), stateOf(hass, entity))) this.#beginnings += 1;
    this.#render();
  }

  disconnectedCallback() {
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

  #toggle() {
    this.#choose(!this.#live);
  }

  /** @param {boolean | undefined} choice */
  #choose(choice) {
    clearTimeout(this.#timer);
    this.#choice = choice;
    if (choice) this.#timer = setTimeout(() => this.#choose(undefined), LIVE_VIEW_MS);
    this.#render();
  }

  #render() {
    if (!this.#hass || !this.#config) return;
    const camera = this.#camera;
    const live = this.#live;
    this.#build(".picture > div", pictureConfig(this.#config, live), live && this.#beginnings);
    this.#build(".details", detailsConfig(camera?.entities ?? {}));
    const name = camera?.name ?? this.#config.entity;
    const button = this.#part("button");
    button.hidden = !camera;
    button.setAttribute("aria-label", this.#translate(live ? "card.stop" : "card.play", { name }));
    this.#part("button ha-icon").setAttribute("icon", live ? "mdi:stop" : "mdi:play");
  }

  /**
   * A part of the markup that the constructor writes.
   * @param {string} selector
   */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }

  /**
   * Put one of Home Assistant's cards into a place, anew only for another configuration or view.
   * @param {string} place
   * @param {CardConfig} config
   * @param {false | number} [view]
   */
  async #build(place, config, view) {
    const wanted = JSON.stringify([config, view]);
    const built = (this.#built[place] ??= {});
    if (built.wanted !== wanted) {
      built.wanted = wanted;
      const { createCardElement } = await window.loadCardHelpers();
      // Another was wanted in the meantime.
      if (built.wanted !== wanted) return;
      built.card = createCardElement(config);
      built.card.hass = this.#hass;
      this.#part(place).replaceChildren(built.card);
    } else if (built.card) {
      built.card.hass = this.#hass;
    }
  }
}
