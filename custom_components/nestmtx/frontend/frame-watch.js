// @ts-check
/** Watch the frames of a video. */

export class FrameWatch {
  #find;
  #seen;
  /** @type {HTMLVideoElement | undefined} */
  #asked;
  #request = 0;
  #count = 0;

  /**
   * Report frames of the current video.
   * @param {() => HTMLVideoElement | undefined} find
   * @param {() => void} seen
   */
  constructor(find, seen) {
    this.#find = find;
    this.#seen = seen;
  }

  /**
   * Report the next presented frame, and frames decoded since the last call: a browser may present
   * no frames of a video that is scrolled out of view.
   */
  look() {
    const video = this.#find();
    if (!video) return;
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    const isMoving = this.#asked === video && totalVideoFrames > this.#count;
    this.#count = totalVideoFrames;
    this.#ask(video);
    if (isMoving) this.#seen();
  }

  /** Stop reporting. */
  end() {
    this.#asked?.cancelVideoFrameCallback?.(this.#request);
    this.#asked = undefined;
  }

  /** @param {HTMLVideoElement} video */
  #ask(video) {
    if (this.#asked !== video) this.end();
    else if (this.#request) return;
    this.#asked = video;
    this.#request =
      video.requestVideoFrameCallback?.(() => {
        this.#request = 0;
        this.#seen();
      }) ?? 0;
  }
}
