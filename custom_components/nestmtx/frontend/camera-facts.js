// @ts-check
/** The facts of a card's camera, from the states of its entities. */

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
 * Return the state of an entity, or undefined if there is none.
 * @type {(hass: Hass, entity: string | undefined) => string | undefined}
 */
export const stateOf = (hass, entity) => (entity ? hass.states[entity]?.state : undefined);

/**
 * Return whether anything shown by a card has changed: a state, the language or the connection.
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
 * Return whether to play a camera without a tap: if that keeps no camera awake, or if the user has
 * configured it.
 * @type {(facts: Facts, config: CameraCardConfig) => boolean}
 */
export const playsByItself = ({ camera, isPersistent }, config) =>
  camera?.state === "streaming" && (isPersistent || config.live_when_ready === true);
