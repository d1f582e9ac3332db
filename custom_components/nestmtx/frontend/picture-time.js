// @ts-check
/** When a camera's last picture was taken. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { Entities } from "./devices.js" */

/**
 * Return the time in ISO 8601, or undefined if there is no picture.
 * @type {(hass: Hass, entities: Entities) => string | undefined}
 */
export const pictureTime = (hass, entities) => {
  const taken = hass.states[entities["image.last_picture"] ?? ""]?.state;
  return taken && !["unknown", "unavailable"].includes(taken) ? taken : undefined;
};
