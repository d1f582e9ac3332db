// @ts-check
/**
 * Live views that the user started, for cards that are recreated: Home Assistant recreates a whole
 * dashboard when it has reconnected.
 */

/** The longest time to recreate a dashboard. */
const MAX_REBUILD = 10_000;

/** Until when each camera is to be live, and when its card was removed. */
/** @type {Map<string, { until: number, leftAt: number }>} */
const choices = new Map();

/** @type {(entity: string, until: number) => void} */
export const leaveChoice = (entity, until) => {
  choices.set(entity, { until, leftAt: performance.now() });
};

/**
 * Take over the choice of a card that was just removed; return until when it is valid.
 * @type {(entity: string) => number | undefined}
 */
export const takeChoice = (entity) => {
  const choice = choices.get(entity);
  choices.delete(entity);
  return choice && performance.now() - choice.leftAt < MAX_REBUILD ? choice.until : undefined;
};

/** Return whether a card removed now is likely to be recreated. */
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
