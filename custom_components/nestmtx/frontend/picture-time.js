// @ts-check
/** When a camera's last picture was taken. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Entities } from "./devices.js" */

/**
 * The time in ISO format, or undefined where there is no picture.
 * @type {(hass: Hass, camera: string, entities: Entities) => string | undefined}
 */
export const pictureTime = (hass, camera, entities) => {
  const image = entities["image.last_picture"];
  const taken = image ? hass.states[image]?.state : hass.states[camera]?.attributes.picture_taken;
  return taken && !["unknown", "unavailable"].includes(taken) ? taken : undefined;
};
