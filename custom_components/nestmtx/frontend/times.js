// @ts-check
/** Times in the user's language, format and time zone. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */

/** @type {Readonly<Record<string, "h12" | "h23">>} */
const HOUR_CYCLES = { 12: "h12", 24: "h23" };

/**
 * Return the time; with the date if it is on another day.
 * @type {(hass: Hass, iso: string, now?: Date) => string}
 */
export const timeOf = (hass, iso, now = new Date()) => {
  const { language, time_format: format, time_zone: zone } = hass.locale;
  const timeZone = zone === "server" ? hass.config.time_zone : undefined;
  const hourCycle = HOUR_CYCLES[format ?? ""];
  /** @type {Intl.DateTimeFormatOptions} */
  const time = { hour: "numeric", minute: "2-digit", ...(hourCycle && { hourCycle }) };
  /** @type {(options: Intl.DateTimeFormatOptions, date: Date) => string} */
  const write = (options, date) =>
    new Intl.DateTimeFormat(language, { ...options, ...(timeZone && { timeZone }) }).format(date);
  const date = new Date(iso);
  const isToday = write({ dateStyle: "short" }, date) === write({ dateStyle: "short" }, now);
  return write(isToday ? time : { month: "short", day: "numeric", ...time }, date);
};
