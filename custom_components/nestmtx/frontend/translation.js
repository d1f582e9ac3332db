/** The words of this integration, in the user's language. */

const DOMAIN = "nestmtx";
const PREFIX = `component.${DOMAIN}.config_panel`;

/** By language. Home Assistant answers who asks a second time before the words are there. */
const loading = new Map();

/** Load the words; answers a function that translates a key, such as "card.name". */
export const loadTranslator = async (hass) => {
  if (!loading.has(hass.language)) {
    loading.set(hass.language, hass.loadBackendTranslation("config_panel", DOMAIN));
  }
  try {
    return translator(await loading.get(hass.language));
  } catch (error) {
    loading.delete(hass.language);
    throw error;
  }
};

/** Translate with Home Assistant's function; a key that has no words yet is shown as it is. */
export const translator =
  (localize) =>
  (key, values = {}) =>
    localize(`${PREFIX}.${key}`, values) || key;

/** Translate for the page that is open, for what has to have words before it has a `hass`. */
export const pageTranslator = () => translator(pageHass()?.localize ?? (() => ""));

const pageHass = () => document.querySelector("home-assistant")?.hass;

// A card is listed, or rejects its configuration, before it could load anything.
if (pageHass()) loadTranslator(pageHass()).catch(() => undefined);
