// @ts-check
/** The markup: a camera's video above its last frame, above its last picture. */

const STYLE = `
  :host { display: block; position: relative; }
  div, canvas, img, video, ha-hls-player {
    position: absolute; inset: 0; width: 100%; height: 100%; object-fit: var(--fit, cover);
  }
  ha-hls-player { --video-max-height: 100%; }
  canvas[hidden] { display: none; }
  .live { opacity: 0; }
  :host([data-phase="live"]) .live { opacity: 1; transition: opacity 400ms; }
  @media (prefers-reduced-motion: reduce) { .live { transition: none !important; } }
`;

/** One style sheet shared by all live videos. */
export const VIDEO_STYLE = new CSSStyleSheet();
VIDEO_STYLE.replaceSync(STYLE);

export const MARKUP = `
  <div class="still"></div><canvas aria-hidden="true"></canvas><div class="live"></div>
`;
