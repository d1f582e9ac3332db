// @ts-check
/** One timer for all cards of a page, which show the age of their pictures. */

const INTERVAL = 20_000;

/** @type {Set<() => void>} */
const followers = new Set();
/** @type {number | undefined} */
let timer;

const tick = () => {
  if (!document.hidden) for (const follower of followers) follower();
};

/**
 * Call back a few times a minute while the page is visible, until the returned function is called.
 * @param {() => void} follower
 */
export const everyMinute = (follower) => {
  followers.add(follower);
  timer ??= setInterval(tick, INTERVAL);
  return () => {
    followers.delete(follower);
    if (followers.size) return;
    clearInterval(timer);
    timer = undefined;
  };
};
