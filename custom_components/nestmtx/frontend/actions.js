// @ts-check
/** The actions of tiles. */

/**
 * The options of a tile that presses a button; the tile's icon has no action of its own.
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
