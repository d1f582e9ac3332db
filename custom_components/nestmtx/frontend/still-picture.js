// @ts-check
/** A camera's last picture. */

/** @import { Hass, State } from "../../../scripts/javascript/home-assistant.d.ts" */

import { lastPictureOf } from "./devices.js";

/** How often there may be another picture while a camera streams: of each key frame. */
const REFRESH_MS = 25_000;

/**
 * What a camera's picture depends on: when it was taken, as far as an entity says so, and how often
 * another one is due. Its address has another token every few minutes, which matters only where
 * that is not known, and for a drawing: that one may be another one by now.
 * @param {State} camera
 * @param {State | undefined} lastPicture
 */
const versionOf = ({ state, attributes }, lastPicture) => {
  const taken = Date.parse(lastPicture?.state ?? "");
  const known = Number.isNaN(taken) ? `${state} ${attributes.entity_picture}` : `${taken}`;
  return state === "streaming" ? `${known} ${Math.floor(Date.now() / REFRESH_MS)}` : known;
};

/**
 * Loads a picture when there is another one, and somebody can see it, so that little is asked for
 * in vain. A picture stays until the next one is there.
 */
export class StillPicture {
  #place;
  #changed;
  #observer = new IntersectionObserver((entries) => {
    this.#isVisible = entries.at(-1)?.isIntersecting ?? false;
    this.#update();
  });
  #isVisible = false;
  /** @type {Hass | undefined} */
  #hass;
  /** @type {State | undefined} */
  #state;
  /** @type {string | undefined} */
  #version;
  /** @type {State | undefined} */
  #lastPicture;
  /** @type {{ entities?: Hass["entities"], entity?: string, id?: string | undefined }} */
  #found = {};
  /** @type {number | undefined} */
  #timer;

  /**
   * Nothing is shown yet.
   * @param {HTMLElement} place
   * @param {() => void} changed
   */
  constructor(place, changed) {
    this.#place = place;
    this.#changed = changed;
  }

  /**
   * Show the picture of an entity's state, and follow it.
   * @param {Hass} hass
   * @param {string | undefined} entity
   */
  show(hass, entity) {
    const state = entity ? hass.states[entity] : undefined;
    const lastPicture = this.#lastPictureOf(hass, entity);
    if (state === this.#state && lastPicture === this.#lastPicture) return;
    this.#hass = hass;
    this.#state = state;
    this.#lastPicture = lastPicture;
    this.#update();
  }

  /**
   * Looks for it only when entities change: a house may have thousands.
   * @param {Hass} hass
   * @param {string | undefined} entity
   */
  #lastPictureOf(hass, entity) {
    if (!entity) return undefined;
    if (this.#found.entities !== hass.entities || this.#found.entity !== entity) {
      this.#found = { entities: hass.entities, entity, id: lastPictureOf(hass, entity) };
    }
    return this.#found.id ? hass.states[this.#found.id] : undefined;
  }

  /** Follow what can be seen. */
  start() {
    this.#observer.observe(this.#place);
    this.#timer = setInterval(() => this.#update(), REFRESH_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#observer.disconnect();
    this.#isVisible = false;
  }

  async #update() {
    const path = this.#state?.attributes.entity_picture;
    if (!this.#hass || !this.#state || !path || !this.#isVisible) return;
    const version = versionOf(this.#state, this.#lastPicture);
    if (version === this.#version) return;
    this.#version = version;
    const image = new Image();
    image.alt = this.#state.attributes.friendly_name ?? "";
    image.src = `${this.#hass.hassUrl(path)}&version=${encodeURIComponent(version)}`;
    const isLoaded = await image.decode().then(
      () => true,
      () => false,
    );
    // Another one is wanted meanwhile.
    if (this.#version !== version) return;
    if (isLoaded) {
      this.#place.replaceChildren(image);
      this.#changed();
    } else {
      // Tried again when the entity changes, which has another token then.
      this.#version = undefined;
    }
  }
}
