// @ts-check
/** The tasks of a card besides playing its camera, and the notices about them. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Notice } from "./card-model.js" */

import { callService } from "./home-assistant-actions.js";

/** How long a notice that a task is done is shown. */
const DONE = 3_000;
/** How long a notice that a task failed is shown. It covers the picture, which may be live. */
const FAILED = 15_000;
const SECOND = 1_000;

export class CardTasks {
  /** @type {Notice | undefined} */
  notice;
  /** Whether a task is in progress: only one runs at a time. */
  isBusy = false;
  #changed;
  /** @type {(() => void) | undefined} */
  #again;
  /** @type {number | undefined} */
  #timer;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * Call a service, and show a notice: throughout if it takes long, else only if it fails.
   * @param {Hass} hass
   * @param {string} service
   * @param {string} entity
   * @param {{ working: string, done: string }} [words]
   */
  async call(hass, service, entity, words) {
    if (this.isBusy) return;
    this.#again = () => this.call(hass, service, entity, words);
    this.isBusy = true;
    this.#say(words && { kind: "working", message: words.working, since: Date.now() });
    const failure = await callService(hass, service, entity).then(
      () => undefined,
      (/** @type {{ message?: string }} */ error) => error.message ?? "",
    );
    this.isBusy = false;
    const since = Date.now();
    if (failure !== undefined) this.#say({ kind: "failed", message: failure, since });
    else this.#say(words && { kind: "done", message: words.done, since });
  }

  /** Retry the failed task; return false if there is none. */
  retry() {
    if (this.notice?.kind !== "failed") return false;
    this.#again?.();
    return true;
  }

  /** Remove the notice, unless a task is in progress. */
  dismiss() {
    if (!this.isBusy) this.#say(undefined);
  }

  /** @param {Notice | undefined} notice */
  #say(notice) {
    clearInterval(this.#timer);
    this.notice = notice;
    if (notice?.kind === "working") this.#timer = setInterval(this.#changed, SECOND);
    if (notice?.kind === "done") this.#timer = setTimeout(() => this.dismiss(), DONE);
    if (notice?.kind === "failed") this.#timer = setTimeout(() => this.dismiss(), FAILED);
    this.#changed();
  }
}
