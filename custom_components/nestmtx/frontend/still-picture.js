// @ts-check
/** A camera's last picture. */

/** @import { Hass, State } from "../../../scripts/javascript/home-assistant.d.ts" */

/**
 * What a camera's picture depends on. Its address has another token every few minutes, which
 * matters only for a drawing: that one may be another one by now.
 * @param {State} state
 */
const versionOf = ({ state, attributes }) =>
  attributes.picture_taken ?? `${state} ${attributes.entity_picture}`;

/**
 * Loads a picture when there is another one, and somebody can see it: the entity says when it was
 * taken, so that nothing is asked for in vain. A picture stays until the next one is there.
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
   * @param {State | undefined} state
   */
  show(hass, state) {
    if (state === this.#state) return;
    this.#hass = hass;
    this.#state = state;
    this.#update();
  }

  /** Follow what can be seen. */
  start() {
    this.#observer.observe(this.#place);
  }

  stop() {
    this.#observer.disconnect();
    this.#isVisible = false;
  }

  async #update() {
    const path = this.#state?.attributes.entity_picture;
    if (!this.#hass || !this.#state || !path || !this.#isVisible) return;
    const version = versionOf(this.#state);
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
