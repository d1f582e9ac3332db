// @ts-check
/** Relative times in the user's language. */

const MINUTE = 60_000;
/** @type {readonly (readonly [number, Intl.RelativeTimeFormatUnit])[]} */
const UNITS = [
  [365 * 24 * 60 * MINUTE, "year"],
  [30 * 24 * 60 * MINUTE, "month"],
  [24 * 60 * MINUTE, "day"],
  [60 * MINUTE, "hour"],
  [MINUTE, "minute"],
];

/**
 * Return "5 min ago", or "now" for less than a minute.
 * @type {(time: number, now: number, language: string) => string}
 */
export const relativeTime = (time, now, language) => {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  const passed = Math.max(0, now - time);
  const [length, unit] = UNITS.find(([each]) => passed >= each) ?? [1000, "second"];
  const count = unit === "second" ? 0 : Math.floor(passed / length);
  // English abbreviations have a full stop, which looks like the end of a sentence.
  return format.format(-count, unit).replace(/\b(min|hr|mo|yr)\./, "$1");
};
