// @ts-check
/** Check whether an entry needs reauthentication, which only administrators can query. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */

/** How long to reuse a result, as all cards of a wall ask at the same time. */
const MAX_AGE = 5_000;

/** @type {{ at: number, entries: Promise<string[]> } | undefined} */
let latest;

/**
 * Return the ids of the entries that need reauthentication.
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
 * Return whether one of some entries needs reauthentication.
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
