// @ts-check
/** A dashboard that looks after itself: made anew whenever devices, entities or areas change. */

/** @import { CardConfig, Hass } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { DeviceOf, Devices, Entities } from "./devices.js" */
/** @import { Translate } from "./translation.js" */

import { pressed } from "./actions.js";
import { devicesOf } from "./devices.js";
import { loadTranslator } from "./translation.js";

const COLUMNS = 3;
const SECTION_COLUMNS = 12;
const SERVER_TILES = [
  "binary_sensor.connection",
  "sensor.health",
  "sensor.cameras_streaming",
  "sensor.protocols",
  "sensor.cpu",
  "sensor.memory",
];
const LOG = "event.log";
const ADD_SERVER_PAGE = "/config/integrations/dashboard/add?domain=nestmtx";
const REPAIRS_PAGE = "/config/repairs";
const SERVERS_PAGE = "/config/integrations/integration/nestmtx";
/** @param {string} id */
const devicePage = (id) => `/config/devices/device/${id}`;

/** @type {(text: string, icon: string) => CardConfig} */
const heading = (text, icon) => ({ type: "heading", heading: text, icon });

/** @type {(cards: CardConfig[], options?: object) => CardConfig} */
const section = (cards, options = {}) => ({ type: "grid", cards, ...options });

/** @type {(entity: string, options?: object) => CardConfig} */
const tile = (entity, options = {}) => ({
  type: "tile",
  entity,
  name: { type: "entity" },
  grid_options: { columns: SECTION_COLUMNS },
  ...options,
});

/** @type {(content: string) => CardConfig} */
const markdown = (content) => ({
  type: "markdown",
  content,
  grid_options: { columns: "full" },
});

/** @param {string} content */
const note = (content) => section([markdown(content)], { column_span: COLUMNS });

/**
 * @param {string} entity
 * @param {string} state
 */
const when = (entity, state) => ({ condition: "state", entity, state });

/**
 * Entities, the states of them that need attention, what to call them, and where to go.
 * @param {Devices} devices
 */
const troubles = ({ servers, credentials }) => [
  ...servers.map(({ entities }) => ({
    entity: entities["binary_sensor.connection"],
    state: "off",
    name: [{ type: "device" }, { type: "entity" }],
    page: SERVERS_PAGE,
  })),
  ...credentials.map(({ entities }) => ({
    entity: entities["sensor.authorization"],
    state: "unauthenticated",
    name: { type: "device" },
    page: REPAIRS_PAGE,
  })),
];

/**
 * What needs attention: a section that is there only while something does.
 * @param {Devices} devices
 * @param {Translate} translate
 */
export const attentionSection = (devices, translate) => {
  const found = troubles(devices);
  const tiles = found.map(({ entity, state, name, page }) =>
    tile(entity, {
      name,
      color: "red",
      tap_action: { action: "navigate", navigation_path: page },
      visibility: [when(entity, state)],
    }),
  );
  const conditions = found.map(({ entity, state }) => when(entity, state));
  return section([heading(translate("dashboard.attention"), "mdi:alert"), ...tiles], {
    column_span: COLUMNS,
    visibility: [{ condition: "or", conditions }],
  });
};

/** @type {(camera: DeviceOf<"camera">) => CardConfig} */
const cameraCard = ({ entities }) => ({
  type: "custom:nestmtx-camera-card",
  entity: entities["camera.camera"],
  grid_options: { columns: SECTION_COLUMNS },
});

/**
 * The cameras of each area, those without one last.
 * @param {DeviceOf<"camera">[]} cameras
 * @param {Translate} translate
 */
export const cameraSections = (cameras, translate) => {
  // What is undefined is sorted to the end without being compared, which tsc does not know.
  const areas = [...new Set(cameras.map(({ area }) => area))].sort((one, other) =>
    one && other ? one.name.localeCompare(other.name) : 0,
  );
  return areas.map((area) => {
    const name = area?.name ?? translate("dashboard.no_area");
    const cards = cameras.filter((camera) => camera.area === area).map(cameraCard);
    return section([heading(name, area?.icon ?? "mdi:cctv"), ...cards], {
      column_span: Math.min(cards.length, COLUMNS),
    });
  });
};

/**
 * @param {Devices} devices
 * @param {Translate} translate
 */
const camerasView = (devices, translate) => ({
  title: translate("dashboard.cameras"),
  path: "cameras",
  icon: "mdi:cctv",
  type: "sections",
  max_columns: COLUMNS,
  sections: [
    attentionSection(devices, translate),
    ...cameraSections(devices.cameras, translate),
    ...(devices.cameras.length ? [] : [note(translate("dashboard.no_cameras"))]),
  ],
});

/** @type {(keys: string[], entities: Entities) => string[]} */
const present = (keys, entities) => keys.flatMap((key) => entities[key] ?? []);

/** @type {(server: DeviceOf<"server">, translate: Translate) => CardConfig[]} */
const logCards = ({ id, entities }, translate) => {
  const log = entities[LOG];
  if (!log) {
    return [markdown(translate("dashboard.log_off", { url: devicePage(id) }))];
  }
  return [
    tile(log, { state_content: ["event_type", "message"] }),
    { type: "logbook", target: { entity_id: [log] }, hours_to_show: 24 },
  ];
};

/**
 * A server's health, the tasks that it can be told to do, and its log.
 * @param {DeviceOf<"server">} server
 * @param {Translate} translate
 */
export const serverSections = (server, translate) => {
  const { name, entities } = server;
  const buttons = Object.values(entities)
    .filter((entity) => entity.startsWith("button."))
    .map((entity) => tile(entity, pressed(entity)));
  return [
    section([
      heading(name, "mdi:server"),
      ...present(SERVER_TILES, entities).map((entity) => tile(entity)),
    ]),
    section([heading(translate("dashboard.log"), "mdi:text-long"), ...logCards(server, translate)]),
    ...(buttons.length
      ? [section([heading(translate("dashboard.tasks"), "mdi:play-circle-outline"), ...buttons])]
      : []),
  ];
};

/**
 * @param {DeviceOf<"credential">[]} credentials
 * @param {Translate} translate
 */
const credentialSection = (credentials, translate) =>
  section([
    heading(translate("dashboard.credentials"), "mdi:key"),
    ...credentials.map(({ entities }) =>
      tile(entities["sensor.authorization"], { name: { type: "device" } }),
    ),
  ]);

/**
 * @param {Devices} devices
 * @param {Translate} translate
 */
const serverView = ({ servers, credentials }, translate) => ({
  title: translate("dashboard.server"),
  path: "server",
  icon: "mdi:server",
  type: "sections",
  max_columns: COLUMNS,
  sections: [
    ...servers.flatMap((server) => serverSections(server, translate)),
    ...(credentials.length ? [credentialSection(credentials, translate)] : []),
  ],
});

/**
 * The whole dashboard, of plain values.
 * @param {Devices} devices
 * @param {Translate} translate
 */
export const dashboard = (devices, translate) => {
  if (!devices.servers.length) {
    const sections = [note(translate("dashboard.no_server", { url: ADD_SERVER_PAGE }))];
    return {
      title: translate("dashboard.title"),
      views: [{ title: translate("dashboard.cameras"), type: "sections", sections }],
    };
  }
  return {
    title: translate("dashboard.title"),
    views: [camerasView(devices, translate), serverView(devices, translate)],
  };
};

export class DashboardStrategy extends HTMLElement {
  static registryDependencies = ["entities", "devices", "areas"];

  /**
   * @param {object} _config
   * @param {Hass} hass
   */
  static async generate(_config, hass) {
    return dashboard(devicesOf(hass), await loadTranslator(hass));
  }

  /** @param {Hass} hass */
  static async getCreateSuggestions(hass) {
    const translate = await loadTranslator(hass);
    return { title: translate("dashboard.title"), icon: "mdi:cctv" };
  }
}
