// @ts-check
/** The words of this integration, in the user's language. */

/** @import { Hass, Localize } from "../../../scripts/javascript/home-assistant.d.ts" */

/** @typedef {(key: string, values?: Record<string, string>) => string} Translate */

const DOMAIN = "nestmtx";
const PREFIX = `component.${DOMAIN}.config_panel`;

/**
 * By language. Home Assistant answers who asks a second time before the words are there.
 * @type {Map<string, Promise<Localize>>}
 */
const loading = new Map();

/**
 * Load the words; answers a function that translates a key, such as "card.name".
 * @param {Hass} hass
 */
export const loadTranslator = async (hass) => {
  const words = loading.get(hass.language) ?? hass.loadBackendTranslation("config_panel", DOMAIN);
  loading.set(hass.language, words);
  try {
    return translator(await words);
  } catch (error) {
    loading.delete(hass.language);
    throw error;
  }
};

/**
 * Translate with Home Assistant's function; a key that has no words yet is shown as it is.
 * @type {(localize: Localize) => Translate}
 */
export const translator =
  (localize) =>
  (key, values = {}) =>
    localize(`${PREFIX}.${key}`, values) || key;

/**
 * Name entities in the user's language, by what they are, such as "sensor.health". Undefined where
 * there is no word, or one that a value belongs into.
 * @type {(hass: Hass) => (key: string) => string | undefined}
 */
export const entityNames = (hass) => (key) => {
  const name = hass.localize(`component.${DOMAIN}.entity.${key}.name`);
  return name && !/[{}]|^Translation /.test(name) ? name : undefined;
};

/** Translate for the page that is open, for what has to have words before it has a `hass`. */
export const pageTranslator = () => translator(pageHass()?.localize ?? (() => ""));

const pageHass = () => document.querySelector("home-assistant")?.hass;

// A card is listed, or rejects its configuration, before it could load anything.
const hassAtStart = pageHass();
if (hassAtStart) loadTranslator(hassAtStart).catch(() => undefined);
