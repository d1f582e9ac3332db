// @ts-check
/** The style of a camera wall: as many columns as there is room for. */

import { NOTICES_STYLE } from "./wall-notices.js";

export const WALL_STYLE = `
  :host {
    display: block; box-sizing: border-box; container-type: inline-size; padding: 8px;
    font-family: var(--ha-font-family-body, inherit); --gap: 8px;
    /* A panel view takes the corners of its card, which has none of its own here. */
    --corner: var(
      --restore-card-border-radius, var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px))
    );
  }
  .notices, .groups, details { --ha-card-border-radius: var(--corner); }
  .notices { display: grid; gap: 12px; margin-block-end: 12px; }
  .notices:empty { display: none; }
  .groups, .grid { display: grid; gap: var(--gap); }
  .groups, details .grid { grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); }
  .groups { --columns: 1; grid-auto-flow: dense; }
  details { --columns: 1; }
  section, section .grid { grid-template-columns: subgrid; }
  section { display: grid; align-content: start; grid-column: span min(var(--span), var(--columns)); }
  section[data-area=""] { grid-column: 1 / -1; }
  section .grid { grid-column: 1 / -1; }
  h2 {
    grid-column: 1 / -1; margin: 12px 4px 8px; font-size: 18px; font-weight: 500;
    color: var(--primary-text-color);
  }
  details { margin-block-start: 16px; color: var(--secondary-text-color); }
  summary { padding: 8px 4px; cursor: pointer; border-radius: 8px; }
  details[open] summary { margin-block-end: 8px; }
  :is(section, details) .grid > * { min-width: 0; }
  @container (max-width: 559px) {
    :host(:is([data-count="7"], [compact])) :is(.groups, details) { --columns: 2; }
  }
  @container (min-width: 560px) {
    :host :is(.groups, details) { --columns: 2; }
  }
  @container (min-width: 720px) {
    :host { --gap: 12px; }
    :host :is(.groups, details) { --columns: 3; }
    :host([compact]) :is(.groups, details) { --columns: 4; }
  }
  @container (min-width: 1100px) {
    :host :is(.groups, details) { --columns: 4; }
    :host([compact]) :is(.groups, details) { --columns: 6; }
  }
  @container (min-width: 1560px) {
    :host :is(.groups, details) { --columns: 5; }
    :host([compact]) :is(.groups, details) { --columns: 8; }
  }
  /* A few cameras are large rather than in a row in a corner. */
  @container (min-width: 560px) {
    :host([data-count="1"]) .groups { --columns: 1; max-width: 1080px; margin-inline: auto; }
    :host(:is([data-count="2"], [data-count="4"])) .groups { --columns: 2; }
    :host(:is([data-count="3"], [data-count="5"], [data-count="6"])) .groups { --columns: 3; }
  }
  ${NOTICES_STYLE}
`;
