// @ts-check
/** A dashboard strategy: a wall of all cameras, and a page of the server. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { DashboardOptions } from "./dashboard-editor.js" */

import { DASHBOARD_EDITOR } from "./dashboard-editor.js";
import { devicesOf } from "./devices.js";
import { serverView } from "./server-view.js";
import { entityNames, loadTranslator } from "./translation.js";

/** The view of the servers, a strategy of its own, so that its changes don't rebuild the wall. */
const SERVER_VIEW = "custom:nestmtx-server";

/** @param {Hass} hass */
const isAdmin = (hass) => Boolean(hass.user?.is_admin);

export class DashboardStrategy extends HTMLElement {
  /**
   * Generate the dashboard; each view keeps itself up to date.
   * @param {object} _config
   * @param {Hass} former
   * @param {Hass} hass
   */
  static shouldRegenerate(_config, former, hass) {
    return former.language !== hass.language || isAdmin(former) !== isAdmin(hass);
  }

  /**
   * @param {DashboardOptions} options
   * @param {Hass} hass
   */
  static async generate({ show_log: showLog = true, ...options }, hass) {
    const translate = await loadTranslator(hass);
    const wall = { ...options, type: "custom:nestmtx-camera-wall" };
    const cameras = {
      title: translate("dashboard.cameras"),
      path: "cameras",
      type: "panel",
      cards: [wall],
    };
    const server = {
      title: translate("dashboard.server"),
      path: "server",
      strategy: { type: SERVER_VIEW, show_log: showLog },
    };
    // The server's page links to pages for administrators only.
    const views = isAdmin(hass) ? [cameras, server] : [cameras];
    return { title: translate("dashboard.title"), views };
  }

  static getConfigElement() {
    return document.createElement(DASHBOARD_EDITOR);
  }

  /** @param {Hass} hass */
  static async getCreateSuggestions(hass) {
    const translate = await loadTranslator(hass);
    return { title: translate("dashboard.title"), icon: "mdi:cctv" };
  }
}

export class ServerViewStrategy extends HTMLElement {
  static registryDependencies = ["entities", "devices"];

  /**
   * @param {{ show_log?: boolean }} options
   * @param {Hass} hass
   */
  static async generate({ show_log: showLog = true }, hass) {
    const translate = await loadTranslator(hass);
    return serverView(devicesOf(hass), showLog, entityNames(hass), translate);
  }
}
