// @ts-check
/** Save the current frame of a video as a file. */

const QUALITY = 0.92;

/**
 * Return a file name valid on all systems: "Front Door 2026-11-29 14.06.31.jpg".
 * @type {(camera: string, time: Date) => string}
 */
export const fileName = (camera, time) => {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString();
  const name = camera.replace(/[\\/:*?"<>|\p{C}]/gu, " ").trim();
  return `${name} ${local.slice(0, 19).replace("T", " ").replaceAll(":", ".")}.jpg`;
};

/**
 * Make the browser save the current frame of a video.
 * @type {(video: HTMLVideoElement, camera: string) => Promise<void>}
 */
export const saveSnapshot = async (video, camera) => {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName(camera, new Date());
  link.click();
  // The browser has read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};
