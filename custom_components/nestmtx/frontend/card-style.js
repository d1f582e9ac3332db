// @ts-check
/** The style of a card. Over a picture, colours don't follow the theme. */

const STYLE = `
  :host { display: block; height: 100%; }
  ha-card { overflow: hidden; height: 100%; container-type: inline-size; }
  [hidden] { display: none !important; }
  .view {
    position: relative; width: 100%; min-height: 100%; max-height: 100%;
    aspect-ratio: var(--ratio);
    contain: strict; background: var(--secondary-background-color, #e5e5e5);
    font-size: 14px; line-height: 1.4; --tone: #9aa0a6; --scrim: rgb(0 0 0 / 62%);
  }
  .view:fullscreen { background: black; }
  /* The card sets its own fit in the element's style. */
  .view:fullscreen nestmtx-live-video { --fit: contain !important; }
  .empty {
    position: absolute; inset: 0;
    color: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
    background: linear-gradient(135deg, transparent 40%, rgb(127 127 127 / 20%));
  }
  .empty ha-icon {
    position: absolute; inset-block-end: -14cqi; inset-inline-end: -6cqi; --mdc-icon-size: 58cqi;
  }
  /* Without a picture, colours follow the theme. */
  .view.blank .shade { display: none; }
  .view.blank :is(.title, .status, .icon[data-button="menu"]) { color: var(--primary-text-color); }
  .view.blank :is(.title, .status .text) { text-shadow: none; }
  .view.blank .icon[data-button="menu"]:is(:hover, [aria-expanded="true"]) {
    background: rgb(127 127 127 / 30%);
  }
  nestmtx-live-video { position: absolute; inset: 0; transition: filter 300ms; }
  .view.dimmed nestmtx-live-video { filter: brightness(0.7) saturate(0.8) blur(1px); }
  .shade { position: absolute; inset: 0; pointer-events: none; }
  .shade.top { background: linear-gradient(rgb(0 0 0 / 36%), transparent 64px); }
  .shade.bottom { background: linear-gradient(transparent calc(100% - 96px), rgb(0 0 0 / 68%)); }
  .view.dimmed .shade.dim { background: rgb(0 0 0 / 52%); transition: background 300ms; }

  button { font: inherit; color: inherit; border: 0; margin: 0; cursor: pointer; }
  .surface {
    position: absolute; inset: 0; width: 100%; padding: 0; background: none; color: white;
    touch-action: manipulation; -webkit-touch-callout: none; user-select: none;
    border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
  }
  .view:fullscreen .surface { border-radius: 0; }
  .surface:focus-visible { outline: 3px solid var(--primary-color); outline-offset: -3px; }
  .play {
    position: absolute; inset: 0; margin: auto; display: grid; place-items: center;
    width: clamp(44px, 18cqi, 72px); height: clamp(44px, 18cqi, 72px); border-radius: 50%;
    background: rgb(0 0 0 / 46%); forced-color-adjust: none;
    box-shadow: 0 0 0 1px rgb(255 255 255 / 22%); transition: transform 160ms, background 160ms;
  }
  .play::before {
    content: ""; margin-left: 10%; border: clamp(8px, 3.2cqi, 13px) solid transparent;
    border-left: clamp(13px, 5cqi, 20px) solid; border-right-width: 0;
  }
  .surface:hover .play, .surface:focus-visible .play {
    background: rgb(0 0 0 / 62%); transform: scale(1.06);
  }

  .top, .bottom { position: absolute; inset-inline: 0; display: flex; gap: 8px; color: white; }
  header { inset-block-start: 0; align-items: flex-start; padding: 8px; pointer-events: none; }
  footer { inset-block-end: 0; align-items: flex-end; padding: 8px 8px 8px 12px; pointer-events: none; }
  footer:dir(rtl) { padding: 8px 12px 8px 8px; }
  .chips { display: flex; flex-wrap: wrap; gap: 6px; min-width: 0; flex: 1; }
  .chip {
    display: inline-flex; align-items: center; gap: 6px; min-width: 0; max-width: 100%;
    box-sizing: border-box; padding: 2px 10px; border-radius: 12px; background: var(--scrim);
    font-size: 12px; font-weight: 500; line-height: 20px; font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere; --mdc-icon-size: 14px;
  }
  .chip.state::before {
    content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: var(--tone);
  }
  .chip[data-state="live"] { --tone: white; background: #d32f2f; letter-spacing: 0.04em; }
  .chip[data-state="streaming"] { --tone: #66bb6a; }
  .chip:is([data-state="unwatched"], [data-state="waking"], [data-state="starting"],
    [data-state="stalled"], [data-state="reconnecting"]) { --tone: #ffb300; }
  .chip:is([data-state="sign_in"], [data-state="signed_out"]) { --tone: #ff7043; }
  .chip[data-state="offline"] { --tone: #ef5350; }

  .title { flex: 1; min-width: 0; text-shadow: 0 1px 2px rgb(0 0 0 / 55%); padding-block-end: 2px; }
  .title p { margin: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .name { font-size: 16px; font-weight: 500; }
  .details { font-size: 12px; opacity: 0.9; }

  .buttons { display: flex; gap: 4px; flex: none; }
  .icon {
    display: grid; place-items: center; width: 36px; height: 36px; padding: 0; border-radius: 50%;
    background: var(--scrim); color: white; pointer-events: auto; --mdc-icon-size: 20px;
  }
  .icon[data-button="menu"] { background: none; }
  .icon[data-button="menu"]::before {
    content: ""; width: 4px; height: 4px; border-radius: 50%; background: currentcolor;
    --outline: 0 1.5px rgb(0 0 0 / 50%);
    box-shadow: 0 -6px, 0 6px, 0 0 var(--outline), 0 -6px var(--outline), 0 6px var(--outline);
  }
  .view.blank .icon[data-button="menu"]::before { box-shadow: 0 -6px, 0 6px; }
  @media (forced-colors: active) {
    .empty ha-icon { display: none; }
    .icon[data-button="menu"]::before { forced-color-adjust: none; color: ButtonText; }
  }
  .icon[data-button]:is(:hover, [aria-expanded="true"]) { background: rgb(0 0 0 / 84%); }
  :is(.icon, .pill, .item):focus-visible { outline: 2px solid white; outline-offset: -2px; }
  .view.blank .icon[data-button="menu"]:focus-visible { outline-color: currentcolor; }
  @media (hover: hover) {
    .view:not(:hover, :focus-within) .icon { background: none; }
    .view:not(:hover, :focus-within) .icon > *, .view:not(:hover, :focus-within) .icon::before {
      visibility: hidden;
    }
  }

  .status {
    position: absolute; inset: 40px 12px 44px; display: flex; flex-direction: column; gap: 6px;
    align-items: center; justify-content: center; text-align: center; color: white;
    pointer-events: none;
  }
  .status p { margin: 0; max-width: 100%; text-wrap: balance; }
  .status .text { font-weight: 500; text-shadow: 0 1px 2px rgb(0 0 0 / 60%); }
  .status .detail { font-size: 12px; opacity: 0.85; }
  .pill {
    min-height: 32px; padding: 4px 16px; border-radius: 16px; pointer-events: auto;
    background: rgb(150 150 150 / 36%); font-weight: 500; margin-block-start: 2px;
  }
  .pill:hover { background: rgb(150 150 150 / 56%); }
  .status.error .pill { color: var(--text-primary-color, white); background: var(--primary-color); }
  .ring { position: relative; display: grid; place-items: center; flex: none; }
  .ring svg { width: 56px; height: 56px; transform: rotate(-90deg); }
  .ring circle { fill: none; stroke-width: 4; }
  .ring .track { stroke: currentColor; opacity: 0.25; }
  .ring .value {
    stroke: currentColor; stroke-linecap: round; stroke-dasharray: 100;
    stroke-dashoffset: calc(100 - 100 * var(--progress, 0)); transition: stroke-dashoffset 1s linear;
  }
  .ring.unknown svg { animation: turn 1.6s linear infinite; }
  .ring.unknown .value { stroke-dashoffset: 72; transition: none; }
  .ring .seconds { position: absolute; font-size: 12px; font-variant-numeric: tabular-nums; }
  @keyframes turn { from { transform: rotate(-90deg); } to { transform: rotate(270deg); } }

  .notice {
    position: absolute; inset: 0; margin: auto; width: fit-content; height: fit-content;
    display: flex; align-items: center; gap: 8px; padding: 8px 16px; border-radius: 20px;
    max-width: calc(100% - 24px); box-sizing: border-box; color: white;
    background: rgb(0 0 0 / 72%); pointer-events: none; --mdc-icon-size: 20px;
  }
  .notice .symbol { display: flex; }
  .notice .seconds { opacity: 0.8; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .notice.working ha-icon { animation: turn-icon 1.6s linear infinite; }
  @keyframes turn-icon { to { transform: rotate(360deg); } }
  .flash { position: absolute; inset: 0; background: white; opacity: 0; pointer-events: none; }
  .flash:not(.on) { display: none; }
  .flash.on { animation: flash 300ms ease-out; }
  @keyframes flash { from { opacity: 0.7; } to { opacity: 0; } }

  @container (max-width: 339px) {
    /* The ring is beside the action, below the text. */
    .status { flex-flow: wrap; place-content: center; inset: 34px 12px 38px; gap: 4px 8px; }
    .status .text, .status .detail { order: -1; flex: none; width: 100%; }
    .ring svg { width: 36px; height: 36px; }
    .ring .seconds { font-size: 10px; }
    .pill { min-height: 28px; margin: 0; padding: 2px 14px; }
  }
  @container (max-width: 279px) {
    .name { font-size: 14px; }
    .details, .status .detail { display: none; }
    .view.controls .title { display: none; }
    .view.controls footer { justify-content: flex-end; }
    .icon { width: 32px; height: 32px; --mdc-icon-size: 18px; }
    .icon[data-button="menu"] { margin-inline-start: -6px; }
    .ring svg { width: 32px; height: 32px; }
    .ring .seconds { display: none; }
    .status { inset: 30px 6px 28px; font-size: 11px; }
    .status .text {
      line-height: 1.3; overflow: hidden;
      display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2;
    }
    .pill { min-height: 26px; padding: 2px 12px; font-size: 12px; }
    header { padding: 6px; gap: 2px; }
    .chip { padding-inline: 7px; gap: 5px; min-height: 22px; font-size: 11px; line-height: 1.25; }
    .notice { padding: 4px 12px; font-size: 12px; }
    .notice .seconds { display: none; }
  }
  @container (max-width: 219px) {
    .status.error .text { -webkit-line-clamp: 1; }
    .status.error:has(.pill[hidden]) .text { -webkit-line-clamp: 3; }
    /* There is room only for the chip and the action; screen readers still read the text. */
    .status:not(.error) .text { position: absolute; opacity: 0; }
  }
  @container (max-width: 159px) {
    .status.error .text { position: absolute; opacity: 0; }
  }
  @media (prefers-reduced-motion: reduce) {
    *, *::before { animation: none !important; transition: none !important; }
  }
`;

/** One style sheet shared by all cards, so that it is parsed and kept only once. */
export const CARD_STYLE = new CSSStyleSheet();
CARD_STYLE.replaceSync(STYLE);
