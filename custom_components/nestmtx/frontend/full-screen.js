// @ts-check
/** Full screen, also on browsers that support it only for videos (iPhones). */

/** @typedef {HTMLVideoElement & { webkitEnterFullscreen?: () => void }} AppleVideo */

/** @param {HTMLElement} element */
export const isFullScreen = (element) =>
  /** @type {ShadowRoot} */ (element.getRootNode()).fullscreenElement === element;

/** @type {(element: HTMLElement, video: HTMLVideoElement | undefined) => Promise<void>} */
export const toggleFullScreen = async (element, video) => {
  try {
    if (isFullScreen(element)) await document.exitFullscreen();
    else if (element.requestFullscreen) await element.requestFullscreen();
    else /** @type {AppleVideo | undefined} */ (video)?.webkitEnterFullscreen?.();
  } catch {
    // The browser or the embedding page doesn't allow it.
  }
};
