// @ts-check
/** Whether the user has started or stopped a live view; undefined if neither. */

import { leaveChoice, Rebuild, takeChoice } from "./live-choices.js";

/** The longest time of a live view, so that a forgotten one doesn't drain the battery. */
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
   * Take over the choice of a card that was just removed; return whether there is one.
   * @param {string} entity
   */
  take(entity) {
    const until = takeChoice(entity);
    if (until) this.choose(true, until);
    return Boolean(until);
  }

  /**
   * End the choice; a recreated card takes it over.
   * @param {string} entity
   */
  leave(entity) {
    if (this.choice && this.#rebuild.isLikely) leaveChoice(entity, this.#until);
    this.choose(undefined);
  }
}
