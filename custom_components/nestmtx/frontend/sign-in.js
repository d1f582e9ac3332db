// @ts-check
/** Whether a server no longer accepts Home Assistant's login, as far as administrators may know. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */

/** The cards of a wall ask at the same time. */
const MAX_AGE = 5_000;

/** @type {{ at: number, entries: Promise<string[]> } | undefined} */
let latest;

/**
 * The ids of the entries that ask for a new login.
 * @param {Hass} hass
 * @returns {Promise<string[]>}
 */
const askedFor = async (hass) => {
  /** @type {{ handler: string, context: { source: string, entry_id?: string } }[]} */
  const flows = await hass.callWS({ type: "config_entries/flow/progress" });
  return flows.flatMap(({ handler, context: { source, entry_id } }) =>
    handler === "nestmtx" && source === "reauth" && entry_id ? [entry_id] : [],
  );
};

/**
 * Whether one of some entries asks for a new login.
 * @type {(hass: Hass, entries: readonly string[]) => Promise<boolean>}
 */
export const isSignedOut = async (hass, entries) => {
  if (!hass.user?.is_admin) return false;
  if (!latest || performance.now() - latest.at > MAX_AGE) {
    latest = { at: performance.now(), entries: askedFor(hass).catch(() => []) };
  }
  const signedOut = await latest.entries;
  return entries.some((each) => signedOut.includes(each));
};
