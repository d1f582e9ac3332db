// @ts-check
/** The translations of this integration in the user's language. */

/** @import { Hass, Localize } from "../../../scripts/javascript/home-assistant.d.ts" */

/** @typedef {(key: string, values?: Record<string, string>) => string} Translate */

const DOMAIN = "nestmtx";
/** Between two attempts to load the translations. */
const PAUSE = 2_000;
const PREFIX = `component.${DOMAIN}.config_panel`;

/**
 * Translations by language. Without this, Home Assistant would answer a second request before they
 * are loaded.
 * @type {Map<string, Promise<Localize>>}
 */
const loading = new Map();

/**
 * Load the translations; return a function that translates a key, such as "card.name".
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
 * Translate with Home Assistant's function; a key without a translation is returned unchanged.
 * @type {(localize: Localize) => Translate}
 */
export const translator =
  (localize) =>
  (key, values = {}) =>
    localize(`${PREFIX}.${key}`, values) || key;

/**
 * Return the names of entities in the user's language, by key, such as "sensor.health". Undefined
 * if there is no translation, or one with a placeholder.
 * @type {(hass: Hass) => (key: string) => string | undefined}
 */
export const entityNames = (hass) => (key) => {
  const name = hass.localize(`component.${DOMAIN}.entity.${key}.name`);
  return name && !/[{}]|^Translation /.test(name) ? name : undefined;
};

/** Translate for the current page, for elements that need text before they get a `hass`. */
export const pageTranslator = () => translator(pageHass()?.localize ?? (() => ""));

/** The translations of one card, which are loaded in the background; failures are retried. */
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
   * Load the translations of the user's language, unless they are loaded.
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

// A card is listed, or rejects its configuration, before it can load anything.
const hassAtStart = pageHass();
if (hassAtStart) loadTranslator(hassAtStart).catch(() => undefined);
