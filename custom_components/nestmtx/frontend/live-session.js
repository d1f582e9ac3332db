// @ts-check
/** One attempt to play a camera: its connection, its element in the page, and its progress. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Attempt } from "./live-decisions.js" */

import { FrameProof } from "./frame-proof.js";
import { FrameWatch } from "./frame-watch.js";
import { HlsPlayer } from "./hls-player.js";
import { CUT_MEMORY, MAX_FRAME_GAP, transportOf } from "./live-decisions.js";
import { WebRtcPlayer } from "./web-rtc-player.js";

/**
 * A player within an element. It reports changes, and is ended by `close`.
 * @typedef {{
 *   video: HTMLVideoElement | undefined,
 *   isMuted: boolean,
 *   open(): Promise<void>,
 *   close(): void,
 * }} Player
 */
/**
 * @typedef {{
 *   hass: Hass,
 *   entity: string,
 *   place: HTMLElement,
 *   report: (change: Partial<Attempt>) => void,
 * }} Playing
 */

/** When WebRTC was last found to be blocked for this page: all cameras are on one server. */
let cutAt = -Infinity;

/** Make all views use HLS for some time. */
export const rememberCut = () => {
  cutAt = performance.now();
};

/** The code of home-assistant-js-websocket for a connection lost during a command. */
const CONNECTION_LOST = 3;

/**
 * Return the change of an attempt for an error from Home Assistant or the browser.
 * @type {(error: any) => Partial<Attempt>}
 */
const failed = (error) =>
  error === CONNECTION_LOST
    ? { closedAt: performance.now() }
    : { failure: { message: String(error?.message ?? ""), code: error?.code } };

export class LiveSession {
  /** The parent of the video. */
  element = document.createElement("div");
  /** @type {Attempt} */
  attempt = { startedAt: performance.now() };
  #hass;
  #entity;
  #changed;
  #isCertain;
  #isMuted;
  #isClosed = false;
  #isStalled = false;
  /** @type {Player | undefined} */
  #player;
  #proof = new FrameProof();
  #frames = new FrameWatch(
    () => this.video,
    () => this.#seeFrame(),
  );

  /**
   * Prepare the session. `isCertain` returns whether Home Assistant knows that the first frames
   * are the camera's.
   * @param {{
   *   hass: Hass,
   *   entity: string,
   *   isMuted: boolean,
   *   isCertain: () => boolean,
   *   changed: () => void,
   * }} options
   */
  constructor({ hass, entity, isMuted, isCertain, changed }) {
    this.#hass = hass;
    this.#entity = entity;
    this.#isMuted = isMuted;
    this.#isCertain = isCertain;
    this.#changed = changed;
  }

  get entity() {
    return this.#entity;
  }

  get video() {
    return this.#player?.video;
  }

  /** @param {boolean} isMuted */
  set isMuted(isMuted) {
    this.#isMuted = isMuted;
    if (this.#player) this.#player.isMuted = isMuted;
  }

  /** Play; `attempt` shows the progress. */
  async open() {
    try {
      const request = { type: "camera/capabilities", entity_id: this.#entity };
      const { frontend_stream_types: offered } = await this.#hass.callWS(request);
      if (!this.#isClosed) await this.#play(offered);
    } catch (error) {
      this.#report(failed(error));
    }
  }

  /** Check for new frames; browsers present none on a hidden page. */
  look() {
    this.#frames.look();
    if (this.#hasGap && !this.#isStalled && this.video) {
      this.#isStalled = true;
      this.#proof.remember(this.video);
    }
    if (document.hidden && this.attempt.frameAt !== undefined) {
      this.attempt = { ...this.attempt, frameAt: performance.now() };
    }
  }

  /** End the session, also at the server, and stop reporting. */
  close() {
    this.#isClosed = true;
    this.#frames.end();
    this.#player?.close();
    this.element.remove();
  }

  /** Check for a "connecting" picture, which may come first and after the camera has stalled. */
  #seeFrame() {
    const now = performance.now();
    const { frameAt, transport } = this.attempt;
    const isFirst = frameAt === undefined;
    // Home Assistant opens HLS only once the camera streams.
    const isKnown = isFirst ? transport === "hls" || this.#isCertain() : !this.#hasGap;
    if (!isKnown && !(this.video && this.#proof.isOfCamera(this.video, now))) return;
    this.#isStalled = false;
    this.#report({ frameAt: now });
  }

  get #hasGap() {
    const { frameAt } = this.attempt;
    return frameAt !== undefined && performance.now() - frameAt > MAX_FRAME_GAP;
  }

  /** @param {string[]} offered */
  async #play(offered) {
    const isCut = performance.now() - cutAt < CUT_MEMORY || !("RTCPeerConnection" in window);
    const transport = transportOf(offered, isCut);
    if (!transport) {
      this.#report({ failure: { message: "" } });
      return;
    }
    this.attempt = { ...this.attempt, transport, hasFallback: offered.includes("hls") };
    const Player = transport === "hls" ? HlsPlayer : WebRtcPlayer;
    this.#player = new Player({
      hass: this.#hass,
      entity: this.#entity,
      place: this.element,
      report: (change) => this.#report(change),
    });
    this.#player.isMuted = this.#isMuted;
    await this.#player.open();
  }

  /** @param {Partial<Attempt>} change */
  #report(change) {
    if (this.#isClosed) return;
    this.attempt = { ...this.attempt, ...change };
    this.#changed();
  }
}
