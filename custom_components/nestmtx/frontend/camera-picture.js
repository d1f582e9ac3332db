// @ts-check
/** What is seen of a camera that is not live: its last picture, or the last frame of its video. */

/** @import { Hass, State } from "../../../scripts/javascript/home-assistant.d.ts" */

import { LastFrame } from "./last-frame.js";
import { StillPicture } from "./still-picture.js";

export class CameraPicture {
  #frame;
  #still;

  /**
   * @param {HTMLElement} place Of the picture.
   * @param {HTMLCanvasElement} canvas Of the frame, above it.
   * @param {() => void} changed
   */
  constructor(place, canvas, changed) {
    this.#frame = new LastFrame(canvas);
    this.#still = new StillPicture(place, () => {
      this.#frame.giveWay();
      changed();
    });
  }

  get isShown() {
    return this.#frame.isShown || this.#still.isShown;
  }

  /**
   * Show the picture of an entity's state, taken at a time, when it can be seen.
   * @type {(hass: Hass, state: State | undefined, taken: string | undefined) => void}
   */
  show(hass, state, taken) {
    this.#still.show(hass, state, taken);
  }

  /**
   * Keep what a video shows.
   * @param {HTMLVideoElement | undefined} video
   */
  keep(video) {
    this.#frame.keep(video);
  }

  /** Forget the last frame, which is another camera's. */
  forget() {
    this.#frame.clear();
  }

  /** Follow what can be seen. */
  start() {
    this.#still.start();
  }

  stop() {
    this.#still.stop();
  }
}
