// @ts-check
/**
 * A camera's picture, and its live video once somebody has asked for that.
 *
 * It shows no words: `view` says what it is doing, and the event "live-view" that this has changed.
 */

/** @import { Hass, State } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Attempt, Failure, Phase, Step, Wish } from "./live-decisions.js" */

import { LastFrame } from "./last-frame.js";
import { afterFrame, afterLoss, nextStep, phaseOf } from "./live-decisions.js";
import { LiveSession, rememberCut } from "./live-session.js";
import { StillPicture } from "./still-picture.js";

/**
 * What a view is doing: for how many seconds, how many have passed since there was no picture any
 * more, when the next attempt is made, and why it has ended; "" where nobody said why.
 * @typedef {Readonly<{
 *   phase: Phase,
 *   seconds: number,
 *   waited: number,
 *   nextIn?: number | undefined,
 *   message?: string | undefined,
 *   transport?: string | undefined,
 * }>} LiveView
 */

const LOOK_INTERVAL = 1_000;
/** A page that nobody has seen for this long does not keep a camera awake. */
const MAX_HIDDEN = 60_000;

const STYLE = `
  :host { display: block; position: relative; aspect-ratio: 16 / 9; overflow: hidden; background: #111; }
  div, canvas, img, video, ha-hls-player {
    position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover;
  }
  ha-hls-player { --video-max-height: 100%; }
  canvas[hidden] { display: none; }
  .live { opacity: 0; }
  :host(:is([data-phase="live"], [data-phase="stalled"])) .live {
    opacity: 1; transition: opacity 400ms;
  }
  @media (prefers-reduced-motion: reduce) { .live { transition: none !important; } }
`;

/** @param {State | undefined} state */
const canPlay = (state) => state !== undefined && state.state !== "unavailable";

/**
 * Whether a camera can be played at once that could not be before.
 * @param {State | undefined} former
 * @param {State | undefined} state
 */
const isBack = (former, state) =>
  canPlay(state) &&
  (!canPlay(former) || (state?.state === "streaming" && former?.state !== "streaming"));

/** @param {number} milliseconds */
const seconds = (milliseconds) => Math.max(0, Math.round(milliseconds / 1000));

export class LiveVideo extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  #frame;
  #still;
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
  #phaseSince = 0;
  #waitingSince = 0;
  /** @type {number | undefined} */
  #timer;
  /** @type {number | undefined} */
  #hiddenTimer;

  constructor() {
    super();
    this.#root.innerHTML = `
      <style>${STYLE}</style>
      <div class="still"></div><canvas aria-hidden="true"></canvas><div class="live"></div>
    `;
    this.#frame = new LastFrame(/** @type {HTMLCanvasElement} */ (this.#part("canvas")));
    this.#still = new StillPicture(this.#part(".still"), () => this.#frame.giveWay());
  }

  /** @param {string} entity */
  set entity(entity) {
    if (entity === this.#entity) return;
    this.stop();
    this.#entity = entity;
    this.#frame.clear();
    if (this.#hass) this.#still.show(this.#hass, this.#entity);
  }

  /** @param {Hass} hass */
  set hass(hass) {
    const former = this.#hass;
    const formerState = this.#state;
    this.#hass = hass;
    this.#still.show(hass, this.#entity);
    if (!this.#wish || this.#failure || !former) return;
    // What was offered over the former connection has ended with it.
    if (hass.connected && !former.connected) this.#interrupt(0);
    else if (this.#retryAt !== undefined && isBack(formerState, this.#state)) this.#retryAt = 0;
    else return;
    this.#look();
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
    const now = performance.now();
    return Object.freeze({
      phase: this.#phase,
      seconds: seconds(now - this.#phaseSince),
      waited: seconds(now - this.#waitingSince),
      nextIn: this.#retryAt === undefined ? undefined : seconds(this.#retryAt - now),
      message: this.#failure?.message,
      transport: this.#session?.attempt.transport,
    });
  }

  connectedCallback() {
    this.dataset.phase = this.#phase;
    this.#still.start();
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("pagehide", this.#onPageHide);
    window.addEventListener("pageshow", this.#onVisibility);
  }

  disconnectedCallback() {
    this.stop();
    this.#still.stop();
    clearTimeout(this.#hiddenTimer);
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("pagehide", this.#onPageHide);
    window.removeEventListener("pageshow", this.#onVisibility);
  }

  /** Play, which wakes the camera; it lasts until `stop`. */
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
    // Without Home Assistant, with the first look that finds it.
    this.#retryAt = this.#hass ? undefined : 0;
    if (!this.#hass) return;
    this.#session = new LiveSession({
      hass: this.#hass,
      entity: this.#entity,
      isMuted: this.#isMuted,
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
   * Whether the next attempt is due: with the look that is nearest to its time.
   * @param {number} now
   */
  #isDue(now) {
    if (this.#retryAt === undefined || this.#retryAt > now + LOOK_INTERVAL / 2) return false;
    return this.#hass?.connected && canPlay(this.#state) && !document.hidden;
  }

  /**
   * @param {Wish} wish
   * @param {Attempt} attempt
   * @param {number} now
   */
  #follow(wish, attempt, now) {
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
   * End an attempt, and make the next one after a pause.
   * @param {number} pause
   */
  #interrupt(pause) {
    this.#close();
    this.#retryAt = performance.now() + pause;
  }

  /** End the session; what was seen last stays. */
  #close() {
    const session = this.#session;
    if (!session) return;
    if (session.attempt.frameAt !== undefined) {
      this.#frame.keep(session.video);
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
      this.#phase = this.dataset.phase = phase;
      this.#phaseSince = performance.now();
    }
    // Seconds matter for as long as somebody waits.
    if (hasChanged || !["idle", "live"].includes(phase)) {
      this.dispatchEvent(new CustomEvent("live-view", { detail: this.view }));
    }
  }

  #onVisibility = () => {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) this.#hiddenTimer = setTimeout(this.#onPageHide, MAX_HIDDEN);
    else this.#look();
  };

  #onPageHide = () => {
    if (!this.#wish || this.#failure || document.pictureInPictureElement) return;
    this.#interrupt(0);
    this.#publish();
  };

  /** @param {string} selector */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }
}
