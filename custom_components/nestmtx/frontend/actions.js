/** What a tap on a tile does. */

/** The options of a tile that presses a button. */
export const pressed = (entity) => {
  const press = {
    action: "perform-action",
    perform_action: "button.press",
    target: { entity_id: entity },
  };
  return { tap_action: press, icon_tap_action: press };
};
