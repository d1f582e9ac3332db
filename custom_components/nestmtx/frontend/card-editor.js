// @ts-check
/** The editor of a card's options. */

/** @import { Translate } from "./translation.js" */

import { DEFAULTS } from "./card-config.js";
import { pageTranslator } from "./translation.js";

const CAMERA = { filter: { integration: "nestmtx", domain: "camera" } };
const RATIOS = ["16:9", "4:3", "1:1", "3:4"];
/** Options with a help text. */
const EXPLAINED = ["entity", "live_when_ready", "fast_start"];

/** @type {(options: Record<string, string>) => object} */
const select = (options) => ({
  select: {
    mode: "dropdown",
    options: Object.entries(options).map(([value, label]) => ({ value, label })),
  },
});

/** @param {Translate} translate */
const actions = (translate) =>
  select({
    live: translate("card.action_live"),
    "more-info": translate("card.more_info_action"),
    none: translate("card.action_none"),
  });

/** @param {Translate} translate */
const appearance = (translate) => [
  {
    name: "layout",
    default: DEFAULTS.layout,
    selector: select({
      compact: translate("card.layout_compact"),
      details: translate("card.layout_details"),
    }),
  },
  {
    name: "aspect_ratio",
    default: DEFAULTS.aspect_ratio,
    selector: {
      select: { mode: "dropdown", custom_value: true, options: RATIOS },
    },
  },
  {
    name: "fit",
    default: DEFAULTS.fit,
    selector: select({
      cover: translate("card.fit_cover"),
      contain: translate("card.fit_contain"),
      fill: translate("card.fit_fill"),
    }),
  },
  { name: "show_name", default: DEFAULTS.show_name, selector: { boolean: {} } },
  { name: "show_state", default: DEFAULTS.show_state, selector: { boolean: {} } },
  { name: "show_controls", default: DEFAULTS.show_controls, selector: { boolean: {} } },
];

/** @param {Translate} translate */
const interactions = (translate) => [
  { name: "tap_action", default: DEFAULTS.tap_action, selector: actions(translate) },
  { name: "hold_action", default: DEFAULTS.hold_action, selector: actions(translate) },
  { name: "live_when_ready", default: DEFAULTS.live_when_ready, selector: { boolean: {} } },
  { name: "fast_start", default: DEFAULTS.fast_start, selector: { boolean: {} } },
];

/** @type {(title: string, icon: string, schema: object[]) => object} */
const group = (title, icon, schema) => ({
  type: "expandable",
  flatten: true,
  name: "",
  title,
  icon,
  schema,
});

/** The form, in the format of Home Assistant's card editor. */
export const configForm = () => {
  const translate = pageTranslator();
  return {
    schema: [
      { name: "entity", required: true, selector: { entity: CAMERA } },
      { name: "name", selector: { text: {} } },
      group(translate("card.appearance"), "mdi:palette", appearance(translate)),
      group(translate("card.interactions"), "mdi:gesture-tap", interactions(translate)),
    ],
    computeLabel: (/** @type {{ name: string, title?: string }} */ { name, title }) =>
      title ?? translate(`card.option_${name}`),
    computeHelper: (/** @type {{ name: string }} */ { name }) =>
      EXPLAINED.includes(name) ? translate(`card.option_${name}_help`) : undefined,
  };
};
