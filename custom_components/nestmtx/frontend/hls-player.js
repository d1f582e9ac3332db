// @ts-check
/** A camera over HLS, by Home Assistant's own player. */

/** @import { HlsElement } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Playing } from "./live-session.js" */

const PLAYER = "ha-hls-player";

/**
 * Make the page load its player, which it does for the first card that may need it.
 * @param {string} entity
 */
const loadPlayer = async (entity) => {
  if (customElements.get(PLAYER)) return;
  const { createCardElement } = await window.loadCardHelpers();
  createCardElement({ type: "picture-entity", entity, camera_view: "live" });
  await customElements.whenDefined(PLAYER);
};

export class HlsPlayer {
  #playing;
  #isMuted = true;
  #isClosed = false;
  /** @type {HlsElement | undefined} */
  #element;

  /** @param {Playing} playing */
  constructor(playing) {
    this.#playing = playing;
  }

  get video() {
    return this.#element?.shadowRoot?.querySelector("video") ?? undefined;
  }

  get isMuted() {
    return this.#isMuted;
  }

  set isMuted(isMuted) {
    this.#isMuted = isMuted;
    if (this.#element) this.#element.muted = isMuted;
  }

  /** Start the stream, and play it. Raises Home Assistant's errors. */
  async open() {
    const { hass, entity, place, report } = this.#playing;
    await loadPlayer(entity);
    if (this.#isClosed) return;
    const { url } = await hass.callWS({ type: "camera/stream", entity_id: entity });
    if (this.#isClosed) return;
    this.#element = Object.assign(/** @type {HlsElement} */ (document.createElement(PLAYER)), {
      hass,
      url: hass.hassUrl(url),
      autoPlay: true,
      playsInline: true,
      muted: this.#isMuted,
      // The card's fit, which differs in full screen.
      fitMode: "var(--fit, cover)",
    });
    place.append(this.#element);
    const now = performance.now();
    // HLS has no connection that can be lost.
    report({ answeredAt: now, connectedAt: now });
  }

  /** Stop playing; Home Assistant ends its stream some time after the last request. */
  close() {
    this.#isClosed = true;
    this.#element?.remove();
  }
}
