// @ts-check
/** The words of this integration, in the user's language. */

/** @import { Hass, Localize } from "../../../scripts/javascript/home-assistant.d.ts" */

/** @typedef {(key: string, values?: Record<string, string>) => string} Translate */

const DOMAIN = "nestmtx";
/** Between two attempts to load the words. */
const PAUSE = 2_000;
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

/** The words of one card, which come when they are loaded; what failed is tried again. */
export class Words {
  /** @type {Translate} */
  translate = translator(() => "");
  areKnown = false;
  #loaded;
  #language = "";
  #triedAt = -Infinity;

  /** @param {() => void} loaded */
  constructor(loaded) {
    this.#loaded = loaded;
  }

  /**
   * Load the words of the user's language, unless they are there.
   * @param {Hass} hass
   */
  async follow(hass) {
    if (hass.language === this.#language || performance.now() - this.#triedAt < PAUSE) return;
    this.#triedAt = performance.now();
    const { language } = hass;
    try {
      this.translate = await loadTranslator(hass);
    } catch {
      return;
    }
    this.#language = language;
    this.#triedAt = -Infinity;
    this.areKnown = true;
    this.#loaded();
  }
}

const pageHass = () => document.querySelector("home-assistant")?.hass;

// A card is listed, or rejects its configuration, before it could load anything.
const hassAtStart = pageHass();
if (hassAtStart) loadTranslator(hassAtStart).catch(() => undefined);
