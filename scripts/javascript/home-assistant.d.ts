/** Home Assistant's frontend, as far as it is used here: it publishes no types of its own. */

/** Answers an empty text where there are no words. */
export type Localize = (key: string, values?: Record<string, string>) => string;

export interface State {
  state: string;
}

export interface Entity {
  entity_id: string;
  device_id?: string;
  hidden?: boolean;
  platform?: string;
  translation_key?: string;
}

export interface Device {
  area_id: string | null;
  name: string | null;
  name_by_user: string | null;
}

export interface Area {
  icon: string | null;
  name: string;
}

/** What is given to each card and strategy: another object whenever something has changed. */
export interface Hass {
  areas: Record<string, Area>;
  connected: boolean;
  devices: Record<string, Device>;
  entities: Record<string, Entity>;
  language: string;
  locale: { language: string };
  states: Record<string, State>;
  localize: Localize;
  loadBackendTranslation(category: string, integration: string): Promise<Localize>;
}

/** The configuration of a card, or of a section. */
export interface CardConfig {
  type: string;
  [option: string]: unknown;
}

export interface CardElement extends HTMLElement {
  hass?: Hass | undefined;
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
