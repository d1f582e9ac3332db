// @ts-check
/** What a card does for its camera beside playing it, and what it says about that meanwhile. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Notice } from "./card-model.js" */

import { callService } from "./home-assistant-actions.js";

/** How long it is said that something is done. */
const DONE = 3_000;
const SECOND = 1_000;

export class CardTasks {
  /** @type {Notice | undefined} */
  notice;
  #changed;
  /** @type {(() => void) | undefined} */
  #again;
  /** @type {number | undefined} */
  #timer;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Whether something is going on that takes its time. */
  get isBusy() {
    return this.notice?.kind === "working";
  }

  /**
   * Call a service, and say so: all the time where it takes long, else only when it fails.
   * @param {Hass} hass
   * @param {string} service
   * @param {string} entity
   * @param {{ working: string, done: string }} [words]
   */
  async call(hass, service, entity, words) {
    if (this.isBusy) return;
    this.#again = () => this.call(hass, service, entity, words);
    this.#say(words && { kind: "working", message: words.working, since: Date.now() });
    try {
      await callService(hass, service, entity);
    } catch (error) {
      const { message = "" } = /** @type {{ message?: string }} */ (error);
      this.#say({ kind: "failed", message, since: Date.now() });
      return;
    }
    this.#say(words && { kind: "done", message: words.done, since: Date.now() });
  }

  /** Try again what has failed; answers false where nothing has. */
  retry() {
    if (this.notice?.kind !== "failed") return false;
    this.#again?.();
    return true;
  }

  /** Say nothing more, unless something is going on. */
  dismiss() {
    if (!this.isBusy) this.#say(undefined);
  }

  /** @param {Notice | undefined} notice */
  #say(notice) {
    clearInterval(this.#timer);
    this.notice = notice;
    if (notice?.kind === "working") this.#timer = setInterval(this.#changed, SECOND);
    if (notice?.kind === "done") this.#timer = setTimeout(() => this.dismiss(), DONE);
    this.#changed();
  }
}
