// @ts-check
/** Taps and holds of an element, by touch, mouse or keyboard. */

const HOLD = 500;
/** Pixels that a finger may move during a tap or hold. */
const MAX_MOVE = 10;

/**
 * Call back for each tap and each hold; the release of a hold is not a tap.
 * @param {HTMLElement} element
 * @param {{ tap: () => void, hold: () => void }} callbacks
 */
export const onTapOrHold = (element, { tap, hold }) => {
  /** @type {number | undefined} */
  let timer;
  let isHeld = false;
  let start = { x: 0, y: 0 };
  const end = () => clearTimeout(timer);
  element.addEventListener("pointerdown", ({ button, clientX: x, clientY: y }) => {
    end();
    isHeld = false;
    start = { x, y };
    if (button) return;
    timer = setTimeout(() => {
      isHeld = true;
      hold();
    }, HOLD);
  });
  element.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start.x, clientY - start.y) > MAX_MOVE) end();
  });
  for (const event of ["pointerup", "pointercancel", "pointerleave"]) {
    element.addEventListener(event, end);
  }
  // A long press would open the browser's own menu.
  element.addEventListener("contextmenu", (event) => event.preventDefault());
  element.addEventListener("click", () => {
    if (!isHeld) tap();
    isHeld = false;
  });
};
