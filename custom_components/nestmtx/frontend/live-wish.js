// @ts-check
/** Whether somebody has chosen to have a camera live, or not; undefined while nobody has. */

import { leaveChoice, Rebuild, takeChoice } from "./live-choices.js";

/** How long a view lasts that somebody asked for: nobody empties a battery by forgetting it. */
const LIVE_VIEW_MS = 5 * 60 * 1000;

export class LiveWish {
  /** @type {boolean | undefined} */
  choice;
  #until = 0;
  #rebuild = new Rebuild();
  #changed;
  /** @type {number | undefined} */
  #timer;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * @param {boolean | undefined} choice
   * @param {number} [until] By performance.now().
   */
  choose(choice, until = performance.now() + LIVE_VIEW_MS) {
    clearTimeout(this.#timer);
    this.choice = choice;
    this.#until = until;
    if (choice) {
      this.#timer = setTimeout(() => this.choose(undefined), until - performance.now());
    }
    this.#changed();
  }

  /** @param {boolean} isConnected */
  follow(isConnected) {
    this.#rebuild.follow(isConnected);
  }

  /**
   * Take over what was chosen of a card that was there just now; answers whether there was one.
   * @param {string} entity
   */
  take(entity) {
    const until = takeChoice(entity);
    if (until) this.choose(true, until);
    return Boolean(until);
  }

  /**
   * End what was chosen; a card that is made anew takes it over.
   * @param {string} entity
   */
  leave(entity) {
    if (this.choice && this.#rebuild.isLikely) leaveChoice(entity, this.#until);
    this.choose(undefined);
  }
}
