// @ts-check
/** The integration's devices from `hass`, as immutable values. */

/** @import { Area, Entity, Hass } from "../../../scripts/javascript/home-assistant.d.ts" */

const PLATFORM = "nestmtx";
const DEVICE_KINDS = /** @type {const} */ ({
  camera: "camera.camera",
  credential: "sensor.authorization",
  server: "binary_sensor.connection",
});

/**
 * The enabled entities by domain and translation key:
 * `{ "sensor.status": "sensor.front_door_status", ... }`.
 * @typedef {Record<string, string>} Entities
 */
/**
 * @typedef {{
 *   id: string,
 *   name: string,
 *   area: Area | undefined,
 *   entries: readonly string[],
 *   entities: Entities,
 * }} Device
 */
/**
 * A device that has the entity which identifies its kind.
 * @template {keyof typeof DEVICE_KINDS} Kind
 * @typedef {Device & { entities: Record<(typeof DEVICE_KINDS)[Kind], string> }} DeviceOf
 */
/**
 * @typedef {{
 *   cameras: DeviceOf<"camera">[],
 *   credentials: DeviceOf<"credential">[],
 *   servers: DeviceOf<"server">[],
 * }} Devices
 */

/** Translation keys shared by several entities of a device: the server's unknown jobs. */
const SHARED = ["cron_job", "last_run_cron_job"];

/**
 * Return the key of an entity, which the user cannot change: "sensor.status".
 * @param {Entity} entity
 */
const keyOf = ({ entity_id, translation_key = "" }) => {
  const key = `${entity_id.split(".")[0]}.${translation_key}`;
  return SHARED.includes(translation_key) ? `${key} ${entity_id}` : key;
};

/**
 * @param {Hass} hass
 * @param {(entity: Entity) => boolean} isMeant
 */
const entitiesOf = (hass, isMeant) => {
  /** @type {Map<string, Entities>} */
  const found = new Map();
  for (const entity of Object.values(hass.entities)) {
    if (entity.platform === PLATFORM && entity.device_id && isMeant(entity)) {
      const entities = found.get(entity.device_id) ?? {};
      found.set(entity.device_id, { ...entities, [keyOf(entity)]: entity.entity_id });
    }
  }
  return found;
};

/** @type {(hass: Hass, id: string, entities: Entities) => Device} */
const described = (hass, id, entities) => {
  const device = hass.devices[id];
  return {
    id,
    name: device?.name_by_user || device?.name || id,
    entries: device?.config_entries ?? [],
    area: device?.area_id ? hass.areas[device.area_id] : undefined,
    entities,
  };
};

/**
 * @template {keyof typeof DEVICE_KINDS} Kind
 * @param {Kind} kind
 */
const isOf = (kind) =>
  /** @type {(device: Device) => device is DeviceOf<Kind>} */ (
    (device) => DEVICE_KINDS[kind] in device.entities
  );

/**
 * Return the devices by kind, sorted by name.
 * @type {(hass: Hass) => Devices}
 */
export const devicesOf = (hass) => {
  const devices = [...entitiesOf(hass, (entity) => !entity.hidden)]
    .map(([id, entities]) => described(hass, id, entities))
    .sort((one, other) => one.name.localeCompare(other.name, hass.locale?.language));
  return {
    cameras: devices.filter(isOf("camera")),
    credentials: devices.filter(isOf("credential")),
    servers: devices.filter(isOf("server")),
  };
};

/**
 * Return the device of a camera entity, or undefined if it isn't one of NestMTX. Hidden entities
 * count, too.
 * @param {Hass} hass
 * @param {string} entityId
 */
export const cameraOf = (hass, entityId) => {
  const id = hass.entities[entityId]?.device_id;
  if (!id) return undefined;
  const entities = entitiesOf(hass, (entity) => entity.device_id === id).get(id);
  return entities?.[DEVICE_KINDS.camera] === entityId ? described(hass, id, entities) : undefined;
};

/**
 * Return the first playable camera among entities, else the first camera, or undefined.
 * @param {Hass} hass
 * @param {string[]} entityIds
 */
export const firstCamera = (hass, entityIds) => {
  const cameras = entityIds.filter((each) => cameraOf(hass, each) && !hass.entities[each]?.hidden);
  const isReady = (/** @type {string} */ each) => {
    const state = hass.states[each];
    return state && state.state !== "unavailable" && !state.attributes.start_problem;
  };
  return cameras.find(isReady) ?? cameras[0];
};
