// @ts-check
/** The server's cron jobs: when each last ran, and a button to run it. */

/** @import { Hass } from "../../../scripts/javascript/home-assistant.d.ts" */

import { timeOf } from "./times.js";
import { loadTranslator, pageTranslator } from "./translation.js";
import { element } from "./wall-notices.js";

/** @typedef {{ button: string, name?: string, last_run?: string }} Job */
/** @typedef {{ button: string, name: string, last: string, state: State }} Row */

/** A button's text, and its label for screen readers, which includes the name of its row. */
const WORDS = {
  ready: ["server.run", "server.run_label"],
  away: ["server.run", "server.run_label"],
  running: ["server.running", "server.running_label"],
  done: ["server.done", "server.done_label"],
  failed: ["server.failed", "server.failed_label"],
};
/** @typedef {keyof typeof WORDS} State */
/** How long a button shows that its job is done. */
const DONE_MS = 4000;
const STYLE = `
  ha-card { padding: 4px 16px; }
  .job { display: flex; align-items: center; gap: 16px; min-height: 56px; }
  .job + .job { border-block-start: 1px solid var(--divider-color); }
  .words { flex: 1; min-width: 0; }
  .name { color: var(--primary-text-color); font-weight: 500; }
  .last { color: var(--secondary-text-color); font-size: 12px; }
  button {
    flex: none; min-width: 88px; padding: 8px 16px; border: 0; border-radius: 18px;
    font: inherit; font-weight: 500; cursor: pointer; color: var(--primary-color);
    background: color-mix(in srgb, var(--primary-color) 16%, transparent);
  }
  button[aria-disabled="true"] { cursor: default; color: var(--secondary-text-color); }
  button:focus-visible { outline: 2px solid var(--primary-color); outline-offset: 2px; }
`;

export class ServerJobs extends HTMLElement {
  #root = this.attachShadow({ mode: "open" });
  /** @type {Job[]} */
  #jobs = [];
  /** @type {Hass | undefined} */
  #hass;
  #translate = pageTranslator();
  /** Jobs started on this page, by button. @type {Map<string, "running" | "done" | "failed">} */
  #started = new Map();
  #shown = "";

  constructor() {
    super();
    this.#root.innerHTML = `<style>${STYLE}</style><ha-card></ha-card>`;
  }

  getCardSize() {
    return 1 + this.#jobs.length;
  }

  getGridOptions() {
    return { columns: 12, rows: "auto" };
  }

  /** @param {{ jobs: Job[] }} config */
  setConfig({ jobs }) {
    this.#jobs = jobs;
    this.#shown = "";
    this.#render();
  }

  /** @param {Hass} hass */
  set hass(hass) {
    const former = this.#hass;
    this.#hass = hass;
    if (former?.locale !== hass.locale) this.#loadWords(hass);
    this.#render();
  }

  /** @param {Hass} hass */
  async #loadWords(hass) {
    try {
      this.#translate = await loadTranslator(hass);
    } catch {
      return;
    }
    this.#shown = "";
    this.#render();
  }

  #render() {
    const hass = this.#hass;
    if (!hass) return;
    const rows = this.#jobs.map((job) => this.#row(hass, job));
    const shown = JSON.stringify(rows);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = this.#root.activeElement?.getAttribute("data-button");
    const card = /** @type {HTMLElement} */ (this.#root.querySelector("ha-card"));
    card.replaceChildren(...rows.map((row) => this.#rowElement(row)));
    /** @type {HTMLElement | null} */ (
      focused ? card.querySelector(`[data-button="${CSS.escape(focused)}"]`) : null
    )?.focus();
  }

  /** @type {(hass: Hass, job: Job) => Row} */
  #row(hass, { button, name, last_run: lastRun }) {
    const ran = lastRun && hass.states[lastRun]?.state;
    const time = ran && !Number.isNaN(Date.parse(ran)) ? timeOf(hass, ran) : "";
    const started = this.#started.get(button);
    const isThere = hass.states[button] && hass.states[button].state !== "unavailable";
    return {
      button,
      name: name ?? hass.entities[button]?.name ?? button,
      last: time ? this.#translate("server.last_run", { time }) : "",
      state: started ?? (isThere ? "ready" : "away"),
    };
  }

  /** @param {Row} row */
  #rowElement({ button, name, last, state }) {
    const row = element("div", "job");
    const words = element("div", "words");
    words.append(element("div", "name", name));
    if (last) words.append(element("div", "last", last));
    const [text = "", label = ""] = WORDS[state];
    const run = element("button", "", this.#translate(text));
    run.dataset.button = button;
    run.setAttribute("aria-label", this.#translate(label, { name }));
    const isDisabled = state === "running" || state === "away";
    // A disabled button would lose the focus.
    run.setAttribute("aria-disabled", `${isDisabled}`);
    run.addEventListener("click", () => {
      if (!isDisabled) this.#run(button);
    });
    row.append(words, run);
    return row;
  }

  /** @param {string} button */
  async #run(button) {
    if (!this.#hass || this.#started.get(button) === "running") return;
    this.#mark(button, "running");
    try {
      // Home Assistant answers when the job has ended, and itself shows why it failed.
      await this.#hass.callService("button", "press", {}, { entity_id: button }, true);
      this.#mark(button, "done");
    } catch {
      this.#mark(button, "failed");
    }
    setTimeout(() => this.#mark(button, undefined), DONE_MS);
  }

  /** @type {(button: string, state: "running" | "done" | "failed" | undefined) => void} */
  #mark(button, state) {
    if (state) this.#started.set(button, state);
    else if (this.#started.get(button) !== "running") this.#started.delete(button);
    this.#render();
  }
}
