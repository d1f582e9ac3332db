// @ts-check
/**
 * Live views that somebody asked for, of cards that are made anew: Home Assistant does so with a
 * whole dashboard when its connection is back.
 */

/** How long a dashboard takes to be made anew. */
const MAX_REBUILD = 10_000;

/** Until when each camera is to be live, and when its card was taken away. */
/** @type {Map<string, { until: number, leftAt: number }>} */
const choices = new Map();

/** @type {(entity: string, until: number) => void} */
export const leaveChoice = (entity, until) => {
  choices.set(entity, { until, leftAt: performance.now() });
};

/**
 * Take over the choice of a card that was there just now; answers until when it holds.
 * @type {(entity: string) => number | undefined}
 */
export const takeChoice = (entity) => {
  const choice = choices.get(entity);
  choices.delete(entity);
  return choice && performance.now() - choice.leftAt < MAX_REBUILD ? choice.until : undefined;
};

/** Whether a card that is taken away now is likely to be made anew. */
export class Rebuild {
  #connectedAt = -Infinity;
  #isConnected = true;

  /** @param {boolean} isConnected */
  follow(isConnected) {
    if (isConnected && !this.#isConnected) this.#connectedAt = performance.now();
    this.#isConnected = isConnected;
  }

  get isLikely() {
    return !this.#isConnected || performance.now() - this.#connectedAt < MAX_REBUILD;
  }
}
