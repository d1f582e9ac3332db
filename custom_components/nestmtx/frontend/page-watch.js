// @ts-check
/** Watch whether the page is visible. */

/** A page hidden for this long doesn't keep a camera awake. */
const MAX_HIDDEN = 60_000;

export class PageWatch {
  #shown;
  #left;
  /** @type {number | undefined} */
  #timer;

  /**
   * Prepare watching.
   * @param {{ shown: () => void, left: () => void }} callbacks
   */
  constructor({ shown, left }) {
    this.#shown = shown;
    this.#left = left;
  }

  start() {
    document.addEventListener("visibilitychange", this.#onVisibility);
    window.addEventListener("pagehide", this.#onPageHide);
    window.addEventListener("pageshow", this.#onVisibility);
  }

  stop() {
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#onVisibility);
    window.removeEventListener("pagehide", this.#onPageHide);
    window.removeEventListener("pageshow", this.#onVisibility);
  }

  #onVisibility = () => {
    clearTimeout(this.#timer);
    if (document.hidden) this.#timer = setTimeout(this.#onPageHide, MAX_HIDDEN);
    else this.#shown();
  };

  #onPageHide = () => {
    if (!document.pictureInPictureElement) this.#left();
  };
}
