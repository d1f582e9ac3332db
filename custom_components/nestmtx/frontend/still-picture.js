// @ts-check
/** A camera's last picture. */

/** @import { Hass, State } from "../../../scripts/javascript/home-assistant.d.ts" */

import { isAvailable } from "./camera-readiness.js";

/** How often there is another picture while a camera streams: of each key frame. */
const REFRESH_MS = 25_000;

/**
 * Loads a picture when there is another one, by when it was taken, and somebody can see it. A
 * picture stays until the next one is there. The drawings of cameras without one are for others:
 * they do not know the theme.
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
  /** Of the picture that is shown, or being loaded. @type {string | undefined} */
  #version;
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

  /**
   * The time of the picture is written now and then only while a camera streams.
   * @param {number} now
   */
  #versionAt(now) {
    const isStreaming = this.#state?.state === "streaming";
    const refresh = isStreaming ? Math.floor(now / REFRESH_MS) : "";
    return `${this.#state?.entity_id} ${this.#taken} ${refresh}`;
  }

  async #update() {
    const path = this.#state?.attributes.entity_picture;
    // Nothing is known of a camera that is unavailable: what was seen last stays.
    if (!isAvailable(this.#state)) return;
    const version = this.#taken && this.#versionAt(Date.now());
    if (!version) this.#place.replaceChildren();
    if (version && !this.#isVisible) return;
    if (version === this.#version) return;
    this.#version = version;
    if (!this.#hass || !path || !version) return;
    const image = new Image();
    // The card around it names the camera.
    image.alt = "";
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
