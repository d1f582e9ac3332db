// @ts-check
/**
 * The same camera in core's Google Nest integration, which plays it directly from Google within a
 * few seconds, while our server takes half a minute.
 */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */

const PLATFORM = "nest";

/**
 * Return the camera entity of a device linked with ours by a Google identifier, or undefined.
 * @type {(hass: Hass, deviceId: string | undefined) => string | undefined}
 */
export const fasterCamera = (hass, deviceId) => {
  const own = hass.devices[deviceId ?? ""]?.identifiers ?? [];
  const names = new Set(own.flatMap(([domain, name]) => (domain === PLATFORM ? [name] : [])));
  if (!names.size) return undefined;
  const isLinked = (/** @type {string | undefined} */ id) =>
    hass.devices[id ?? ""]?.identifiers.some(
      ([domain, name]) => domain === PLATFORM && names.has(name),
    );
  return Object.values(hass.entities).find(
    ({ entity_id, platform, device_id }) =>
      platform === PLATFORM && entity_id.startsWith("camera.") && isLinked(device_id),
  )?.entity_id;
};
