// @ts-check
/** What a tap on a tile does. */

/**
 * The options of a tile that presses a button; its icon is no second button beside it.
 * @param {string} entity
 */
export const pressed = (entity) => ({
  tap_action: {
    action: "perform-action",
    perform_action: "button.press",
    target: { entity_id: entity },
  },
  icon_tap_action: { action: "none" },
});
