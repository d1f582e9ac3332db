// @ts-check
/** The last frame of a video that has ended, in a <canvas>, until there is a newer picture. */

/** A picture taken this soon after the frame shows nothing new. */
const MAX_AGE_OF_NEWS = 30_000;

export class LastFrame {
  #canvas;
  #takenAt = -Infinity;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.clear();
  }

  get isShown() {
    return !this.#canvas.hidden;
  }

  /**
   * Keep the current frame of a video, in its displayed size.
   * @param {HTMLVideoElement | undefined} video
   */
  keep(video) {
    if (!video?.videoWidth) return;
    const scale = Math.min(1, (video.clientWidth * devicePixelRatio) / video.videoWidth || 1);
    this.#canvas.width = video.videoWidth * scale;
    this.#canvas.height = video.videoHeight * scale;
    const { width, height } = this.#canvas;
    this.#canvas.getContext("2d")?.drawImage(video, 0, 0, width, height);
    this.#canvas.hidden = false;
    this.#takenAt = performance.now();
  }

  /** Remove the frame in favor of a newer snapshot. */
  giveWay() {
    if (performance.now() - this.#takenAt >= MAX_AGE_OF_NEWS) this.clear();
  }

  clear() {
    this.#canvas.hidden = true;
    // Free the memory: a frame may take 8 MB.
    this.#canvas.width = this.#canvas.height = 0;
  }
}
