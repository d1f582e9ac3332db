// @ts-check
/**
 * A camera's picture, and its live video on request.
 *
 * It shows no text: `view` has its phase, and the event "live-view" reports changes.
 */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Attempt, Failure, Phase, Step, Wish } from "./live-decisions.js" */

import { CameraPicture } from "./camera-picture.js";
import { isAvailable, isBack, isCertain } from "./camera-readiness.js";
import {
  afterFrame,
  afterLoss,
  fasterFailed,
  nextStep,
  phaseOf,
  takesFasterWay,
} from "./live-decisions.js";
import { LiveSession, rememberCut } from "./live-session.js";
import { MARKUP, VIDEO_STYLE } from "./live-video-markup.js";
import { PageWatch } from "./page-watch.js";

/**
 * The phase of a view, the seconds since it last was live, and the reason why it has failed; "" if
 * the reason is unknown.
 * @typedef {Readonly<{
 *   phase: Phase,
 *   waited: number,
 *   message?: string | undefined,
 *   transport?: string | undefined,
 * }>} LiveView
 */

const LOOK_INTERVAL = 1_000;

export class LiveVideo extends HTMLElement {
  /** Google Nest's entity of the camera, faster while it sleeps. @type {string | undefined} */
  faster;
  #root = this.attachShadow({ mode: "open" });
  #picture;
  #entity = "";
  #isMuted = true;
  /** @type {Hass | undefined} */
  #hass;
  /** @type {Wish | undefined} */
  #wish;
  /** @type {LiveSession | undefined} */
  #session;
  /** @type {Failure | undefined} */
  #failure;
  /** @type {number | undefined} */
  #retryAt;
  /** @type {Phase} */
  #phase = "idle";
  #waitingSince = 0;
  /** @type {number | undefined} */
  #timer;
  #page = new PageWatch({ shown: () => this.#look(), left: () => this.#leave() });
  /** @type {string | undefined} */
  #taken;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [VIDEO_STYLE];
    this.#root.innerHTML = MARKUP;
    const canvas = /** @type {HTMLCanvasElement} */ (this.#part("canvas"));
    this.#picture = new CameraPicture(this.#part(".still"), canvas, () => this.#announce());
  }

  /** @param {string} entity */
  set entity(entity) {
    if (entity === this.#entity) return;
    this.stop();
    this.#entity = entity;
    this.#picture.forget();
    if (this.#hass) this.#picture.show(this.#hass, this.#state, this.#taken);
  }

  /** @param {string | undefined} taken When the picture was taken of the next `hass`. */
  set taken(taken) {
    this.#taken = taken;
  }

  /** @param {Hass} hass */
  set hass(hass) {
    const former = this.#hass;
    const formerState = this.#state;
    this.#hass = hass;
    this.#picture.show(hass, this.#state, this.#taken);
    if (!this.#wish || this.#failure || !former) return;
    // The offer has ended with the connection over which it was sent.
    if (hass.connected && !former.connected) this.#interrupt(0);
    else if (this.#retryAt !== undefined && isBack(formerState, this.#state)) this.#retryAt = 0;
    else if (formerState?.attributes.live_phase === this.#state?.attributes.live_phase) return;
    this.#look();
  }

  /** Whether there is a picture or video of the camera. */
  get hasPicture() {
    return this.#phase === "live" || this.#picture.isShown;
  }

  /** The <video> that shows frames of the camera. */
  get video() {
    return this.#phase === "live" ? this.#session?.video : undefined;
  }

  get muted() {
    return this.#isMuted;
  }

  set muted(isMuted) {
    this.#isMuted = isMuted;
    if (this.#session) this.#session.isMuted = isMuted;
  }

  /** @returns {LiveView} */
  get view() {
    return Object.freeze({
      phase: this.#phase,
      waited: Math.round((performance.now() - this.#waitingSince) / 1000),
      message: this.#failure?.message,
      transport: this.#session?.attempt.transport,
    });
  }

  connectedCallback() {
    this.dataset.phase = this.#phase;
    this.#picture.start();
    this.#page.start();
  }

  disconnectedCallback() {
    this.stop();
    this.#picture.stop();
    this.#page.stop();
  }

  /**
   * Play or stop; a failed view is played again only by `play`.
   * @param {boolean} isPlaying
   */
  set isPlaying(isPlaying) {
    if (isPlaying === (this.#wish !== undefined)) return;
    if (isPlaying) this.play();
    else this.stop();
  }

  /** Play until `stop`, which wakes the camera. */
  play() {
    if (this.#wish && !this.#failure) return;
    this.#wish = { wasLive: false, failures: 0 };
    this.#failure = undefined;
    this.#waitingSince = performance.now();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL);
    this.#begin();
    this.#publish();
  }

  /** Show the last picture again. */
  stop() {
    clearInterval(this.#timer);
    this.#close();
    this.#wish = this.#failure = this.#retryAt = undefined;
    this.#publish();
  }

  get #state() {
    return this.#hass?.states[this.#entity];
  }

  #begin() {
    // Without a connection to Home Assistant, at the first check after reconnecting.
    this.#retryAt = this.#hass ? undefined : 0;
    if (!this.#hass) return;
    const isFaster = takesFasterWay(this.faster, this.#state?.state === "streaming", this.#wish);
    this.#session = new LiveSession({
      hass: this.#hass,
      entity: isFaster ? (this.faster ?? "") : this.#entity,
      isMuted: this.#isMuted,
      isCertain: () => isFaster || isCertain(this.#state),
      changed: () => this.#look(),
    });
    this.#part(".live").append(this.#session.element);
    this.#session.open();
  }

  #look() {
    const now = performance.now();
    this.#session?.look();
    if (this.#wish && this.#session) this.#follow(this.#wish, this.#session.attempt, now);
    else if (this.#isDue(now)) this.#begin();
    this.#publish();
  }

  /**
   * Return whether the next attempt is due: at the check nearest to its time.
   * @param {number} now
   */
  #isDue(now) {
    if (this.#retryAt === undefined || this.#retryAt > now + LOOK_INTERVAL / 2) return false;
    return this.#hass?.connected && isAvailable(this.#state) && !document.hidden;
  }

  /**
   * @param {Wish} wish
   * @param {Attempt} attempt
   * @param {number} now
   */
  #follow(wish, attempt, now) {
    if (this.#session?.entity !== this.#entity && fasterFailed(attempt, now)) {
      this.#wish = { ...wish, fasterFailed: true };
      this.#close();
      this.#begin();
      return;
    }
    this.#wish = attempt.frameAt === undefined ? wish : afterFrame(wish);
    const step = nextStep(this.#wish, attempt, now);
    if (step.do === "try_again") this.#wish = afterLoss(this.#wish, attempt);
    this.#take(step);
  }

  /** @param {Step} step */
  #take(step) {
    if (step.do === "try_again") this.#interrupt(step.pause);
    if (step.do === "use_hls") {
      rememberCut();
      this.#close();
      this.#begin();
    }
    if (step.do === "end") {
      clearInterval(this.#timer);
      this.#close();
      this.#failure = step.failure;
    }
  }

  /**
   * End an attempt, and start the next one after a pause.
   * @param {number} pause
   */
  #interrupt(pause) {
    this.#close();
    this.#retryAt = performance.now() + pause;
  }

  /** End the session, and keep showing its last frame. */
  #close() {
    const session = this.#session;
    if (!session) return;
    if (session.attempt.frameAt !== undefined) {
      // After a stall, the video may show the "connecting" picture.
      if (this.#phase === "live") this.#picture.keep(session.video);
      this.#waitingSince = performance.now();
    }
    this.#session = undefined;
    session.close();
  }

  #publish() {
    const phase = phaseOf(
      {
        ...(this.#wish && { wish: this.#wish }),
        ...(this.#session && { attempt: this.#session.attempt }),
        ...(this.#failure && { failure: this.#failure }),
      },
      performance.now(),
    );
    const hasChanged = phase !== this.#phase;
    if (hasChanged) {
      if (phase === "stalled") this.#picture.keep(this.#session?.video);
      this.#phase = this.dataset.phase = phase;
    }
    // Seconds are shown while the user waits.
    if (hasChanged || !["idle", "live"].includes(phase)) {
      this.#announce();
    }
  }

  #announce() {
    this.dispatchEvent(new CustomEvent("live-view", { detail: this.view }));
  }

  #leave() {
    if (!this.#wish || this.#failure) return;
    this.#interrupt(0);
    this.#publish();
  }

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }
}
