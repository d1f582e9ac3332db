// @ts-check
/** The items of the camera card's menu. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { MenuItem } from "./card-menu.js" */
/** @import { Entities } from "./devices.js" */
/** @import { Translate } from "./translation.js" */

import { stateOf } from "./camera-facts.js";

/**
 * @typedef {Readonly<{
 *   hass: Hass,
 *   entities: Entities,
 *   deviceId: string | undefined,
 *   isBusy: boolean,
 *   translate: Translate,
 *   call: (service: string, entity: string, words?: { working: string, done: string }) => void,
 *   openDevice: (id: string) => void,
 * }>} MenuContext
 */

/** @type {(context: MenuContext) => MenuItem[]} */
const takePicture = ({ hass, entities, isBusy, translate, call }) => {
  const entity = entities["button.take_picture"];
  if (!entity) return [];
  const words = {
    working: translate("card.taking_picture"),
    done: translate("card.picture_taken"),
  };
  return [
    {
      icon: "mdi:camera",
      label: translate("card.take_picture"),
      isDisabled: isBusy || stateOf(hass, entity) === "unavailable",
      choose: () => call("button.press", entity, words),
    },
  ];
};

/** @type {(context: MenuContext) => MenuItem[]} */
const persistent = ({ hass, entities, isBusy, translate, call }) => {
  const entity = entities["switch.persistent"];
  if (!entity) return [];
  const state = stateOf(hass, entity);
  return [
    {
      icon: "mdi:infinity",
      label: translate("card.persistent"),
      help: translate("card.persistent_help"),
      isOn: state === "on",
      isDisabled: isBusy || state === "unavailable",
      choose: () => call("switch.toggle", entity),
    },
  ];
};

/** @type {(context: MenuContext) => MenuItem[]} */
const restart = ({ hass, entities, isBusy, translate, call }) => {
  const entity = entities["button.restart_stream"];
  if (!entity) return [];
  const words = { working: translate("card.restarting"), done: translate("card.restarted") };
  return [
    {
      icon: "mdi:restart",
      label: translate("card.restart_stream"),
      isDisabled: isBusy || stateOf(hass, entity) === "unavailable",
      choose: () => call("button.press", entity, words),
    },
  ];
};

/**
 * Links to pages for administrators, shown only to administrators.
 * @type {(context: MenuContext) => MenuItem[]}
 */
const devicePage = ({ hass, deviceId, translate, openDevice }) =>
  deviceId && hass.user?.is_admin
    ? [
        {
          icon: "mdi:devices",
          label: translate("card.device_page"),
          choose: () => openDevice(deviceId),
        },
      ]
    : [];

/** @type {(context: MenuContext) => MenuItem[]} */
export const menuItems = (context) => [
  ...takePicture(context),
  ...persistent(context),
  ...restart(context),
  ...devicePage(context),
];
