// @ts-check
/** What Home Assistant knows of a card's camera, by the states of its entities. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { CameraCardConfig } from "./card-config.js" */
/** @import { Facts } from "./card-state.js" */
/** @import { Entities } from "./devices.js" */

const FOLLOWED = [
  "button.restart_stream",
  "image.last_picture",
  "switch.persistent",
];

/**
 * The state of an entity, or undefined where there is none.
 * @type {(hass: Hass, entity: string | undefined) => string | undefined}
 */
export const stateOf = (hass, entity) => (entity ? hass.states[entity]?.state : undefined);

/**
 * Whether something differs that a card shows: a state, or the page's words and connection.
 * @type {(former: Hass, hass: Hass, camera: string, entities: Entities) => boolean}
 */
export const differs = (former, hass, camera, entities) =>
  former.connected !== hass.connected ||
  former.language !== hass.language ||
  former.user !== hass.user ||
  [camera, ...FOLLOWED.map((key) => entities[key])].some(
    (entity) => entity !== undefined && former.states[entity] !== hass.states[entity],
  );

/** @type {(hass: Hass, camera: string, entities: Entities, isSignedOut: boolean) => Facts} */
export const factsOf = (hass, camera, entities, isSignedOut) => {
  const state = hass.states[camera];
  return {
    camera: state,
    isRequested: state?.attributes.requested,
    viewers: state?.attributes.viewers,
    isPersistent: stateOf(hass, entities["switch.persistent"]) === "on",
    isSignedOut,
  };
};

/**
 * Whether a camera is played without being asked for: where that keeps nothing awake, or where the
 * user has chosen so.
 * @type {(facts: Facts, config: CameraCardConfig) => boolean}
 */
export const playsByItself = ({ camera, isPersistent }, config) =>
  camera?.state === "streaming" && (isPersistent || config.live_when_ready === true);
