// @ts-check
/** A camera's last picture. */

/** @import { Hass, State } from "../../../scripts/javascript/home-assistant.d.ts" */

import { isAvailable } from "./camera-readiness.js";

/** How often a new picture is available while a camera streams: with each key frame. */
const REFRESH_MS = 25_000;

/**
 * Loads a picture when a newer one is available and the element is visible. A picture stays until
 * the next one is loaded. Home Assistant's placeholders for cameras without a picture are not shown
 * here, as they don't follow the theme.
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
  #taken;
  /** The time of the picture that is shown or being loaded. @type {string | undefined} */
  #version;
  /** @type {number | undefined} */
  #timer;

  /**
   * Start without a picture.
   * @param {HTMLElement} place
   * @param {() => void} changed
   */
  constructor(place, changed) {
    this.#place = place;
    this.#changed = changed;
  }

  get isShown() {
    return this.#place.childElementCount > 0;
  }

  /**
   * Show the picture of an entity's state, taken at a time.
   * @param {Hass} hass
   * @param {State | undefined} state
   * @param {string | undefined} taken
   */
  show(hass, state, taken) {
    if (state === this.#state && taken === this.#taken) return;
    this.#hass = hass;
    this.#state = state;
    this.#taken = taken;
    this.#update();
  }

  /** Remove the picture, and ignore one that is being loaded. */
  clear() {
    this.#version = undefined;
    this.#place.replaceChildren();
  }

  /** Start observing visibility. */
  start() {
    this.#observer.observe(this.#place);
    this.#timer = setInterval(() => this.#update(), REFRESH_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#observer.disconnect();
    this.#isVisible = false;
  }

  /**
   * Return the picture's time, which Home Assistant updates only occasionally during a stream.
   * @param {number} now
   */
  #versionAt(now) {
    const isStreaming = this.#state?.state === "streaming";
    const refresh = isStreaming ? Math.floor(now / REFRESH_MS) : "";
    return `${this.#state?.entity_id} ${this.#taken} ${refresh}`;
  }

  async #update() {
    const path = this.#state?.attributes.entity_picture;
    // While the camera is unavailable, keep the last picture.
    if (!isAvailable(this.#state)) return;
    const version = this.#taken && this.#versionAt(Date.now());
    if (!version) this.#place.replaceChildren();
    if (version && !this.#isVisible) return;
    if (version === this.#version) return;
    this.#version = version;
    if (!this.#hass || !path || !version) return;
    const image = new Image();
    // The card around it has the camera's name.
    image.alt = "";
    image.src = `${this.#hass.hassUrl(path)}&version=${encodeURIComponent(version)}`;
    const isLoaded = await image.decode().then(
      () => true,
      () => false,
    );
    // Meanwhile, another picture was requested.
    if (this.#version !== version) return;
    if (isLoaded) {
      this.#place.replaceChildren(image);
      this.#changed();
    } else {
      // Retried when the entity changes, which then has a new token.
      this.#version = undefined;
    }
  }
}
