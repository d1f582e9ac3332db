/** Home Assistant's frontend, as far as it is used here: it publishes no types of its own. */

/** Answers an empty text where there are no words. */
export type Localize = (key: string, values?: Record<string, string>) => string;

export interface State {
  entity_id: string;
  state: string;
  /** When it became that, in ISO 8601. */
  last_changed: string;
  attributes: {
    entity_picture?: string;
    friendly_name?: string;
    /** While a view of a camera is being opened: "starting", "waiting" or "live". */
    live_phase?: string;
    /** Whether somebody wants a camera's stream. */
    requested?: boolean;
    /** Why a camera cannot start, such as "camera_off". */
    start_problem?: string | null;
    /** Seconds that a camera took to start the last times. */
    usual_start?: number | null;
    /** How many watch a camera. */
    viewers?: number;
  };
}

export interface WebRtcConfig {
  configuration: RTCConfiguration;
  dataChannel?: string;
}

/** What is sent about an offer. */
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
  /** Its own name, without that of its device. */
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

/** What is given to each card and strategy: another object whenever something has changed. */
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

/** The configuration of a card, or of a section. */
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

/** Home Assistant's player of HLS. */
export interface HlsElement extends HTMLElement {
  muted: boolean;
}

/** An entry in the list of what others have brought. */
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
