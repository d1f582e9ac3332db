// @ts-check
/**
 * NestMTX's additions to dashboards: a camera card, a camera wall, and a dashboard strategy.
 *
 * Modules are imported relative to this one, so that all are of the same version.
 */

import { CameraCard } from "./camera-card.js";
import { CAMERA_WALL, defineDashboardElements } from "./dashboard-elements.js";
import { cameraOf } from "./devices.js";
import { LiveVideo } from "./live-video.js";
import { pageTranslator } from "./translation.js";

const DOCUMENTATION = "https://github.com/nestmtx-home-assistant/nestmtx";
const CARD = "nestmtx-camera-card";
const LIVE_VIDEO = "nestmtx-live-video";

/**
 * Home Assistant reads the texts when it lists the cards, in the user's language by then.
 * @template {object} Entry
 * @param {Omit<Entry, "name" | "description">} entry
 * @param {string} name
 * @param {string} description
 */
const worded = (entry, name, description) =>
  /** @type {Entry} */ (
    Object.defineProperties(entry, {
      name: { enumerable: true, get: () => pageTranslator()(name) },
      description: { enumerable: true, get: () => pageTranslator()(description) },
    })
  );

// Defined first, as the card contains it.
if (!customElements.get(LIVE_VIDEO)) customElements.define(LIVE_VIDEO, LiveVideo);

if (!customElements.get(CARD)) {
  customElements.define(CARD, CameraCard);
  window.customCards = window.customCards ?? [];
  window.customCards.push(
    worded(
      {
        type: CARD,
        preview: true,
        documentationURL: DOCUMENTATION,
        getEntitySuggestion: (hass, entity) =>
          cameraOf(hass, entity) ? { config: { type: `custom:${CARD}`, entity } } : null,
      },
      "card.name",
      "card.description",
    ),
  );
}

if (defineDashboardElements()) {
  window.customCards = window.customCards ?? [];
  window.customCards.push(
    worded({ type: CAMERA_WALL, documentationURL: DOCUMENTATION }, "wall.name", "wall.description"),
  );
  window.customStrategies = window.customStrategies ?? [];
  window.customStrategies.push(
    worded(
      { type: "nestmtx", strategyType: "dashboard", documentationURL: DOCUMENTATION },
      "dashboard.title",
      "dashboard.description",
    ),
  );
}
