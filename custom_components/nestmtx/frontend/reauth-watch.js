// @ts-check
/** Watch which servers need reauthentication, which only administrators can query. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */

/** @typedef {{ handler: string, context: { source: string, entry_id?: string } }} Flow */
/** @typedef {{ type: string | null, flow_id: string, flow?: Flow }} FlowChange */

/** Subscribes only on request: dashboards are open for hours, usually with servers available. */
export class ReauthWatch {
  /** Entries by flow. @type {Map<string, string>} */
  #flows = new Map();
  #isFollowing = false;
  /** @type {Promise<() => Promise<void>> | undefined} */
  #subscription;
  #changed;

  /** @param {() => void} changed */
  constructor(changed) {
    this.#changed = changed;
  }

  /** The config entries that need reauthentication. */
  get entries() {
    return new Set(this.#flows.values());
  }

  /**
   * Start or stop watching.
   * @type {(hass: Hass, isWanted: boolean) => void}
   */
  follow(hass, isWanted) {
    if (!isWanted || !hass.user?.is_admin) {
      this.end();
      return;
    }
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    const subscription = hass.connection.subscribeMessage(
      (/** @type {FlowChange[]} */ changes) => this.#take(changes),
      { type: "config_entries/flow/subscribe" },
      { resubscribe: true },
    );
    this.#subscription = subscription;
    subscription.catch(() => {
      if (this.#subscription === subscription) this.end();
    });
  }

  end() {
    const subscription = this.#subscription;
    this.#isFollowing = false;
    this.#subscription = undefined;
    this.#flows.clear();
    subscription?.then((unsubscribe) => unsubscribe()).catch(() => undefined);
  }

  /** @param {FlowChange[]} changes */
  #take(changes) {
    if (!this.#isFollowing) return;
    // The current list comes first, and again after reconnecting.
    if (changes.every(({ type }) => type === null)) this.#flows.clear();
    for (const { type, flow_id: id, flow } of changes) {
      const { source, entry_id: entry } = flow?.context ?? {};
      if (type === "removed") this.#flows.delete(id);
      else if (flow?.handler === "nestmtx" && source === "reauth" && entry) {
        this.#flows.set(id, entry);
      }
    }
    this.#changed();
  }
}
