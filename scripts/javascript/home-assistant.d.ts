/** The parts of Home Assistant's frontend used here, as it publishes no types. */

/** Returns an empty string if there is no translation. */
export type Localize = (key: string, values?: Record<string, string>) => string;

export interface State {
  entity_id: string;
  state: string;
  /** When the state changed, in ISO 8601. */
  last_changed: string;
  attributes: {
    entity_picture?: string;
    friendly_name?: string;
    /** The phase of a live view: "starting", "waiting" or "live". */
    live_phase?: string;
    /** Whether the frames of a live view are certain to be the camera's. */
    live_verified?: boolean;
    /** Whether the camera's stream is requested. */
    requested?: boolean;
    /** Why the camera cannot start, such as "camera_off". */
    start_problem?: string | null;
    /** Seconds that the camera's last starts took. */
    usual_start?: number | null;
    /** How many viewers the camera has. */
    viewers?: number;
  };
}

export interface WebRtcConfig {
  configuration: RTCConfiguration;
  dataChannel?: string;
}

/** A message about an offer. */
export type WebRtcMessage =
  | { type: "session"; session_id: string }
  | { type: "answer"; answer: string }
  | { type: "candidate"; candidate: RTCIceCandidateInit }
  | { type: "error"; code: string; message: string };

interface Connection {
  subscribeMessage<Message>(
    callback: (message: Message) => void,
    message: { type: string; [field: string]: unknown },
    options: { resubscribe: boolean },
  ): Promise<() => Promise<void>>;
}

export interface Entity {
  entity_id: string;
  /** The entity's own name, without the device's. */
  name?: string;
  device_id?: string;
  hidden?: boolean;
  platform?: string;
  translation_key?: string;
}

export interface Device {
  area_id: string | null;
  config_entries: string[];
  identifiers: [string, string][];
  name: string | null;
  name_by_user: string | null;
}

export interface Area {
  area_id: string;
  icon: string | null;
  name: string;
}

/** The object passed to each card and strategy; a new object on each change. */
export interface Hass {
  areas: Record<string, Area>;
  connected: boolean;
  connection: Connection;
  devices: Record<string, Device>;
  entities: Record<string, Entity>;
  config: { time_zone: string };
  language: string;
  locale: { language: string; time_format?: string; time_zone?: string };
  states: Record<string, State>;
  user?: { is_admin: boolean };
  localize: Localize;
  callService(
    domain: string,
    service: string,
    data: object,
    target: { entity_id: string },
    notifyOnError: boolean,
  ): Promise<unknown>;
  callWS(message: { type: string; [field: string]: unknown }): Promise<any>;
  hassUrl(path: string): string;
  loadBackendTranslation(category: string, integration: string): Promise<Localize>;
}

/** The configuration of a card or section. */
export interface CardConfig {
  type: string;
  [option: string]: unknown;
}

export interface CardElement extends HTMLElement {
  hass?: Hass | undefined;
  setConfig?(config: CardConfig): void;
}

/** Home Assistant's form. */
export interface FormElement extends HTMLElement {
  hass: Hass;
  data: object;
  schema: object[];
  computeLabel(field: { name: string }): string;
  computeHelper(field: { name: string }): string;
}

/** Home Assistant's HLS player. */
export interface HlsElement extends HTMLElement {
  muted: boolean;
}

/** An entry in the list of custom cards or strategies. */
interface Custom {
  type: string;
  name: string;
  description: string;
  documentationURL?: string;
}

interface CustomCard extends Custom {
  preview?: boolean;
  getEntitySuggestion?(hass: Hass, entityId: string): { config: CardConfig } | null;
}

interface CustomStrategy extends Custom {
  strategyType: string;
}

declare global {
  interface Window {
    customCards?: CustomCard[];
    customStrategies?: CustomStrategy[];
    loadCardHelpers(): Promise<{ createCardElement(config: CardConfig): CardElement }>;
  }

  interface HTMLElementTagNameMap {
    "home-assistant": HTMLElement & { hass?: Hass };
  }
}
