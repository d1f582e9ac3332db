// @ts-check
/** The picture of a camera that is not live: its last picture, or the last frame of its video. */

/** @import { Hass, State } from "../../../scripts/javascript/home-assistant.d.ts" */

import { LastFrame } from "./last-frame.js";
import { StillPicture } from "./still-picture.js";

export class CameraPicture {
  #frame;
  #still;

  /**
   * @param {HTMLElement} place The parent of the picture.
   * @param {HTMLCanvasElement} canvas The canvas of the frame, above the picture.
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
   * Show the picture of an entity's state, taken at a time, once it is visible.
   * @type {(hass: Hass, state: State | undefined, taken: string | undefined) => void}
   */
  show(hass, state, taken) {
    this.#still.show(hass, state, taken);
  }

  /**
   * Keep the current frame of a video.
   * @param {HTMLVideoElement | undefined} video
   */
  keep(video) {
    this.#frame.keep(video);
  }

  /** Remove the picture and the last frame, as they are from another camera. */
  forget() {
    this.#still.clear();
    this.#frame.clear();
  }

  /** Start observing visibility. */
  start() {
    this.#still.start();
  }

  stop() {
    this.#still.stop();
  }
}
