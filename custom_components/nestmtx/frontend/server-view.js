// @ts-check
/** The page of the servers: their health, cron jobs, credentials, and log. */

/** @import { CardConfig } from "../../../scripts/javascript/home-assistant.d.ts" */
/** @import { DeviceOf, Devices, Entities } from "./devices.js" */
/** @import { Job } from "./server-jobs.js" */
/** @import { Translate } from "./translation.js" */

const COLUMNS = 3;
const FULL = { columns: 12 };
const LOG = "event.log";
const BUTTON = "button.";
const LAST_RUN = "sensor.last_run_";
const REPAIRS_PAGE = "/config/repairs";
const SERVERS_PAGE = "/config/integrations/integration/nestmtx";
const GAUGE = { features: [{ type: "bar-gauge", min: 0, max: 100 }] };
const TREND = { features: [{ type: "trend-graph", hours_to_show: 24 }] };
/** The tiles of a server's load, and the feature of each. */
const LOAD = { "sensor.cpu": GAUGE, "sensor.memory": TREND, "sensor.processes": TREND };

/**
 * Return the name of an entity in the user's language, by its key.
 * @typedef {(key: string) => string | undefined} NameOf
 */

/** @type {(text: string, icon: string) => CardConfig} */
const heading = (text, icon) => ({ type: "heading", heading: text, icon });

/** @type {(cards: CardConfig[], options?: object) => CardConfig} */
const section = (cards, options = {}) => ({ type: "grid", cards, ...options });

/** @type {(entity: string, options?: object) => CardConfig} */
const tile = (entity, options = {}) => ({
  type: "tile",
  entity,
  grid_options: FULL,
  ...options,
});

/** @type {(content: string) => CardConfig} */
const markdown = (content) => ({
  type: "markdown",
  content,
  text_only: true,
  grid_options: { columns: "full" },
});

/** @param {string} page */
const leadsTo = (page) => ({ tap_action: { action: "navigate", navigation_path: page } });

/**
 * Return a tile for each color; only one of them is visible, as a tile can have only one color.
 * @param {string} entity
 * @param {Readonly<Record<string, string>>} colors By state.
 * @param {object} options
 * @param {(state: string) => object} [more]
 */
const colored = (entity, colors, options = {}, more = () => ({})) => {
  const known = Object.entries(colors).map(([state, color]) =>
    tile(entity, {
      ...options,
      color,
      ...more(state),
      visibility: [{ condition: "state", entity, state }],
    }),
  );
  const others = Object.keys(colors).map((state) => ({
    condition: "state",
    entity,
    state_not: state,
  }));
  return [...known, tile(entity, { ...options, visibility: others })];
};

/**
 * Make the tile of an entity by its key, if enabled; named in the user's language, as Home
 * Assistant names entities in its own language.
 * @typedef {(key: string, make?: (entity: string, name: object) => CardConfig[]) => CardConfig[]}
 *   Tiles
 */
/** @type {(entities: Entities, nameOf: NameOf) => Tiles} */
const tilesOf =
  (entities, nameOf) =>
  (key, make = (entity, name) => [tile(entity, name)]) => {
    const entity = entities[key];
    return entity ? make(entity, { name: nameOf(key) ?? { type: "entity" } }) : [];
  };

/** @type {(server: DeviceOf<"server">, nameOf: NameOf) => CardConfig} */
const healthSection = ({ name: serverName, entities }, nameOf) => {
  const tiles = tilesOf(entities, nameOf);
  return section([
    heading(serverName, "mdi:server"),
    ...tiles("binary_sensor.connection", (connection, name) =>
      colored(connection, { on: "green", off: "red" }, name, (state) =>
        state === "off" ? leadsTo(SERVERS_PAGE) : {},
      ),
    ),
    ...tiles("sensor.health", (health, name) =>
      colored(health, { healthy: "green", degraded: "orange", unhealthy: "red" }, name),
    ),
    ...tiles("sensor.cameras_streaming"),
    ...Object.entries(LOAD).flatMap(([key, features]) =>
      tiles(key, (entity, name) => [tile(entity, { ...name, ...features })]),
    ),
  ]);
};

/**
 * Return the last-run sensor of a job without a key of its own, by the default entity ids.
 * @type {(entities: Entities, button: string) => string | undefined}
 */
const lastRunOfUnknown = (entities, button) => {
  const wanted = button.replace(/^button\.(.*)_run_/, "sensor.$1_last_run_");
  return Object.values(entities).find((entity) => entity === wanted);
};

/**
 * Return the jobs, each with the sensor of its last run if that is enabled.
 * @type {(entities: Entities, nameOf: NameOf) => Job[]}
 */
export const jobsOf = (entities, nameOf) =>
  Object.entries(entities)
    .filter(([key]) => key.startsWith(BUTTON))
    .map(([key, button]) => {
      const lastRun =
        entities[`${LAST_RUN}${key.slice(BUTTON.length)}`] ?? lastRunOfUnknown(entities, button);
      const name = nameOf(key);
      return { button, ...(name && { name }), ...(lastRun && { last_run: lastRun }) };
    });

/** @type {(server: DeviceOf<"server">, nameOf: NameOf, translate: Translate) => CardConfig} */
const jobsSection = ({ id, entities }, nameOf, translate) => {
  const jobs = jobsOf(entities, nameOf);
  const isComplete = jobs.every((job) => job.last_run) && entities["sensor.cpu"];
  return section([
    heading(translate("server.jobs"), "mdi:calendar-clock"),
    ...(jobs.length ? [{ type: "custom:nestmtx-server-jobs", jobs }] : []),
    ...(isComplete ? [] : [markdown(translate("server.more", { url: devicePage(id) }))]),
  ]);
};

/** @param {string} id */
const devicePage = (id) => `/config/devices/device/${id}`;

/** @type {(server: DeviceOf<"server">, nameOf: NameOf, translate: Translate) => CardConfig} */
const logSection = ({ id, entities }, nameOf, translate) => {
  const log = entities[LOG];
  const cards = log
    ? [
        ...tilesOf(entities, nameOf)(LOG, (entity, name) => [
          tile(entity, { ...name, state_content: ["event_type", "message"] }),
        ]),
        { type: "logbook", target: { entity_id: [log] }, hours_to_show: 24 },
      ]
    : [markdown(translate("server.log_off", { url: devicePage(id) }))];
  return section([heading(translate("server.log"), "mdi:text-long"), ...cards]);
};

/** @type {(credentials: DeviceOf<"credential">[], translate: Translate) => CardConfig} */
const credentialsSection = (credentials, translate) => {
  const colors = { authenticated: "green", reauthenticated: "green", unauthenticated: "red" };
  return section([
    heading(translate("server.credentials"), "mdi:key"),
    ...credentials.flatMap(({ entities }) =>
      colored(entities["sensor.authorization"], colors, { name: { type: "device" } }, (state) =>
        state === "unauthenticated" ? leadsTo(REPAIRS_PAGE) : {},
      ),
    ),
  ]);
};

/**
 * Return the whole view as plain values.
 * @type {(devices: Devices, showLog: boolean, nameOf: NameOf, translate: Translate) => object}
 */
export const serverView = ({ servers, credentials }, showLog, nameOf, translate) => ({
  type: "sections",
  max_columns: COLUMNS,
  sections: [
    ...servers.map((server) => healthSection(server, nameOf)),
    ...(credentials.length ? [credentialsSection(credentials, translate)] : []),
    ...servers.map((server) => jobsSection(server, nameOf, translate)),
    ...(showLog ? servers.map((server) => logSection(server, nameOf, translate)) : []),
    ...(servers.length ? [] : [section([markdown(translate("wall.no_server"))])]),
  ],
});
