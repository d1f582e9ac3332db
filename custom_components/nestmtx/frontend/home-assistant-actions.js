// @ts-check
/** Home Assistant's actions for a card. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */

const REPAIRS = "/config/repairs";
const INTEGRATION = "/config/integrations/integration/nestmtx";

/**
 * Run one of the page's actions, such as `{ action: "more-info" }`.
 * @type {(element: HTMLElement, entity: string, action: { action: string }) => void}
 */
export const doAction = (element, entity, action) => {
  const detail = { config: { entity, tap_action: action }, action: "tap" };
  element.dispatchEvent(new CustomEvent("hass-action", { bubbles: true, composed: true, detail }));
};

/** @type {(element: HTMLElement, path: string) => void} */
const open = (element, path) => {
  const action = { action: "navigate", navigation_path: path };
  doAction(element, "", action);
};

/** @param {HTMLElement} element */
export const openRepairs = (element) => open(element, REPAIRS);

/** @param {HTMLElement} element */
export const openIntegration = (element) => open(element, INTEGRATION);

/** @type {(element: HTMLElement, id: string) => void} */
export const openDevice = (element, id) => open(element, `/config/devices/device/${id}`);

/**
 * Call a service of an entity. Throws Home Assistant's errors, which the card itself shows.
 * @type {(hass: Hass, service: string, entity: string) => Promise<unknown>}
 */
export const callService = (hass, service, entity) => {
  const [domain = "", name = ""] = service.split(".");
  return hass.callService(domain, name, {}, { entity_id: entity }, false);
};
