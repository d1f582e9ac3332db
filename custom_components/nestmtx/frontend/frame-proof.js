// @ts-check
/**
 * Whether a video shows the camera, and not the server's "connecting" picture: that one comes in
 * the same stream, and stands still, but for what the encoder refines.
 */

const WIDTH = 160;
const HEIGHT = 90;
/** Of the first frame, parts may still be grey. */
const DRAWN = 700;
/** Between two frames that are compared. */
const INTERVAL = 900;
/** Levels of brightness, of 256, by which a refined picture changes in some place at most. */
const REFINEMENT = 24;
/** Levels on average by which one picture differs from another that takes its place. */
const CUT = 25;
/** Levels on average by which two pictures of a scene differ in which nothing moves. */
const ALIKE = 5;

/**
 * By how many levels two pictures differ: at most, and on average.
 * @type {(one: Uint8ClampedArray, other: Uint8ClampedArray) => { most: number, mean: number }}
 */
export const difference = (one, other) => {
  let most = 0;
  let sum = 0;
  // Of red, green, blue and alpha, green is nearest to brightness.
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
   * Remember a frame that was the camera's, to know it by when frames come again.
   * @param {HTMLVideoElement} video
   */
  remember(video) {
    this.#known = this.#read(video);
    this.#seenAt = Infinity;
    this.#former = undefined;
  }

  /**
   * Whether the newest frame of a video is the camera's; false as long as that is not known.
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
