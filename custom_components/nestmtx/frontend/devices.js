/** The integration's devices, as `hass` lists them: values, which nothing here changes. */

const PLATFORM = "nestmtx";
const DEVICE_KINDS = {
  camera: "camera.camera",
  credential: "sensor.authorization",
  server: "binary_sensor.connection",
};

/** Name an entity by what it is, whatever the user calls it: "sensor.status". */
const keyOf = ({ entity_id, translation_key }) => `${entity_id.split(".")[0]}.${translation_key}`;

const entitiesOf = (hass, isMeant) => {
  const found = new Map();
  for (const entity of Object.values(hass.entities)) {
    if (entity.platform === PLATFORM && entity.device_id && !entity.hidden && isMeant(entity)) {
      const entities = found.get(entity.device_id) ?? {};
      found.set(entity.device_id, { ...entities, [keyOf(entity)]: entity.entity_id });
    }
  }
  return found;
};

const described = (hass, id, entities) => {
  const device = hass.devices[id];
  return {
    id,
    name: device?.name_by_user || device?.name || id,
    area: device?.area_id ? hass.areas[device.area_id] : undefined,
    entities,
  };
};

const isOf = (kind) => (device) => DEVICE_KINDS[kind] in device.entities;

/**
 * The devices with the entities that are enabled, by kind and in the order of their names:
 * `{ id, name, area, entities: { "sensor.status": "sensor.front_door_status", ... } }`.
 */
export const devicesOf = (hass) => {
  const devices = [...entitiesOf(hass, () => true)]
    .map(([id, entities]) => described(hass, id, entities))
    .sort((one, other) => one.name.localeCompare(other.name, hass.locale?.language));
  return {
    cameras: devices.filter(isOf("camera")),
    credentials: devices.filter(isOf("credential")),
    servers: devices.filter(isOf("server")),
  };
};

/** The device of a camera entity, or undefined if that is none of NestMTX. */
export const cameraOf = (hass, entityId) => {
  const id = hass.entities[entityId]?.device_id;
  const entities = id && entitiesOf(hass, (entity) => entity.device_id === id).get(id);
  return entities?.[DEVICE_KINDS.camera] === entityId ? described(hass, id, entities) : undefined;
};

/** The first camera among entities, or undefined. */
export const firstCamera = (hass, entityIds) => entityIds.find((each) => cameraOf(hass, each));
