// @ts-check
/** The options of the dashboard and of the wall, as a form. */

/** @import { FormElement, Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { WallOptions } from "./wall-decisions.js" */

import { loadTranslator, pageTranslator } from "./translation.js";

/** @typedef {WallOptions & { type?: string, show_log?: boolean }} DashboardOptions */

export const DASHBOARD_EDITOR = "nestmtx-dashboard-editor";

const cameras = (options = {}) => ({
  entity: { multiple: true, filter: { integration: "nestmtx", domain: "camera" }, ...options },
});
/** @type {(name: string, selector: object) => { name: string, selector: object }} */
const field = (name, selector) => ({ name, selector });
const WALL_SCHEMA = [
  field("areas", { area: { multiple: true, reorder: true } }),
  field("order", cameras({ reorder: true })),
  field("hidden", cameras()),
  field("compact", { boolean: {} }),
];
const DASHBOARD_SCHEMA = [...WALL_SCHEMA, field("show_log", { boolean: {} })];
/** @type {Readonly<Record<string, [string, string]>>} */
const WORDS = {
  areas: ["options.areas", "options.areas_help"],
  order: ["options.order", "options.order_help"],
  hidden: ["options.hidden", "options.hidden_help"],
  compact: ["options.compact", "options.compact_help"],
  show_log: ["options.show_log", "options.show_log_help"],
};

/** @typedef {{ name: string }} Field */

/** The form of a wall, in the format of Home Assistant's card editor. */
export const wallForm = () => {
  const translate = pageTranslator();
  return {
    schema: WALL_SCHEMA,
    computeLabel: (/** @type {Field} */ { name }) => translate(WORDS[name]?.[0] ?? name),
    computeHelper: (/** @type {Field} */ { name }) => translate(WORDS[name]?.[1] ?? name),
  };
};

/** Leave empty values out, so that the configuration contains no defaults. */
const isSet = (/** @type {unknown} */ value) =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== "";

export class DashboardEditor extends HTMLElement {
  /** @type {FormElement | undefined} */
  #form;
  /** @type {DashboardOptions} */
  #options = {};
  /** @type {Hass | undefined} */
  #hass;

  /** @param {DashboardOptions} options */
  setConfig(options) {
    this.#options = options;
    this.#render();
  }

  /** @param {Hass} hass */
  set hass(hass) {
    const former = this.#hass;
    this.#hass = hass;
    if (former?.language !== hass.language) {
      loadTranslator(hass).then(
        () => this.#render(),
        () => undefined,
      );
    }
    this.#render();
  }

  #render() {
    if (!this.#hass) return;
    const form = this.#form ?? this.#create();
    const { computeLabel, computeHelper } = wallForm();
    Object.assign(form, {
      hass: this.#hass,
      data: { show_log: true, ...this.#options },
      schema: DASHBOARD_SCHEMA,
      computeLabel,
      computeHelper,
    });
  }

  #create() {
    const form = /** @type {FormElement} */ (document.createElement("ha-form"));
    form.addEventListener("value-changed", (event) => {
      event.stopPropagation();
      const { value } = /** @type {CustomEvent<{ value: DashboardOptions }>} */ (event).detail;
      this.#change(value);
    });
    this.append(form);
    this.#form = form;
    return form;
  }

  /** @param {DashboardOptions} value */
  #change(value) {
    const { show_log: showLog, ...others } = value;
    const kept = Object.entries(others).filter(([, each]) => isSet(each) && each !== false);
    const config = { ...Object.fromEntries(kept), ...(showLog === false && { show_log: false }) };
    const detail = { config };
    this.dispatchEvent(
      new CustomEvent("config-changed", { detail, bubbles: true, composed: true }),
    );
  }
}
