// @ts-check
/**
 * Detect whether a video shows the camera rather than the server's "connecting" picture, which
 * comes in the same stream and is still, except for the encoder's refinement.
 */

const WIDTH = 160;
const HEIGHT = 90;
/** Milliseconds to skip, as parts of the first frame may still be grey. */
const DRAWN = 700;
/** Milliseconds between two compared frames. */
const INTERVAL = 900;
/** Levels of brightness, of 256, by which refinement changes any pixel at most. */
const REFINEMENT = 24;
/** Levels on average by which the pictures before and after a cut differ. */
const CUT = 25;
/** Levels on average by which two pictures of a still scene may differ. */
const ALIKE = 5;

/**
 * Return the maximum and average difference between two pictures, in levels.
 * @type {(one: Uint8ClampedArray, other: Uint8ClampedArray) => { most: number, mean: number }}
 */
export const difference = (one, other) => {
  let most = 0;
  let sum = 0;
  // Of red, green, blue and alpha, green is closest to brightness.
  for (let index = 1; index < one.length; index += 4) {
    const levels = Math.abs((one[index] ?? 0) - (other[index] ?? 0));
    most = Math.max(most, levels);
    sum += levels;
  }
  return { most, mean: sum / (one.length / 4) };
};

/** @typedef {{ at: number, pixels: Uint8ClampedArray }} Sample */

export class FrameProof {
  #canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  #context = this.#canvas.getContext("2d", { willReadFrequently: true });
  #seenAt = Infinity;
  /** @type {Sample | undefined} */
  #former;
  /** @type {Uint8ClampedArray | undefined} */
  #known;

  /**
   * Keep a frame of the camera, to compare with when frames come again.
   * @param {HTMLVideoElement} video
   */
  remember(video) {
    this.#known = this.#read(video);
    this.#seenAt = Infinity;
    this.#former = undefined;
  }

  /**
   * Return whether the newest frame of a video is the camera's; false while that is unknown.
   * @type {(video: HTMLVideoElement, now: number) => boolean}
   */
  isOfCamera(video, now) {
    this.#seenAt = Math.min(this.#seenAt, now);
    if (now - this.#seenAt < DRAWN) return false;
    const former = this.#former;
    if (former && now - former.at < INTERVAL) return false;
    const pixels = this.#read(video);
    if (!pixels) return false;
    this.#former = { at: now, pixels };
    if (this.#known && difference(this.#known, pixels).mean < ALIKE) return true;
    if (!former) return false;
    const { most, mean } = difference(former.pixels, pixels);
    return most > REFINEMENT && mean < CUT;
  }

  /** @param {HTMLVideoElement} video */
  #read(video) {
    if (!video.videoWidth || !this.#context) return undefined;
    this.#context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    return this.#context.getImageData(0, 0, WIDTH, HEIGHT).data;
  }
}
