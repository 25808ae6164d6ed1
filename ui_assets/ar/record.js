// @ts-check
/** Records the canvas: WebM or MP4 by the browser itself, GIF by our own encoder. */
import { createGif } from "./gif.js";

/** @typedef {{ name: string, suffix: string, type: string }} Format
 * @typedef {{ drawn: (nowMs: number) => void, stop: () => Promise<Blob> }} Recording `drawn` is called right after each
 *   drawing, while the canvas still holds it */

/** In the order of preference; of those with one name the first that the browser knows. @type {Format[]} */
const FORMATS = [
  { name: "WebM", suffix: "webm", type: "video/webm;codecs=vp9" },
  { name: "WebM", suffix: "webm", type: "video/webm;codecs=vp8" },
  { name: "MP4", suffix: "mp4", type: "video/mp4;codecs=avc1.42E01E" },
  { name: "MP4", suffix: "mp4", type: "video/mp4;codecs=vp9" },
  { name: "MP4", suffix: "mp4", type: "video/mp4" },
  { name: "GIF", suffix: "gif", type: "image/gif" },
];
const BITS_PER_PIXEL_S = 6;
const GIF_FPS = 12, GIF_PX = 320;

/** What this browser can record; each name once. */
export function formats() {
  const known = FORMATS.filter(({ type }) => type === "image/gif" || globalThis.MediaRecorder?.isTypeSupported(type));
  return known.filter(({ name }, i) => known.findIndex((other) => other.name === name) === i);
}

/** @param {HTMLCanvasElement} canvas @param {Format} format @returns {Recording} */
export function record(canvas, format) {
  return format.type === "image/gif" ? recordGif(canvas) : recordVideo(canvas, format.type);
}

/** @param {HTMLCanvasElement} canvas @param {string} type @returns {Recording} */
function recordVideo(canvas, type) {
  /** @type {Blob[]} */
  const parts = [];
  const bits = Math.min(Math.max(BITS_PER_PIXEL_S * canvas.width * canvas.height, 1e6), 12e6);
  const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: type, videoBitsPerSecond: bits });
  recorder.ondataavailable = ({ data }) => data.size && parts.push(data);
  recorder.start(250);
  return {
    drawn: () => {},
    stop: () => new Promise((resolve) => {
      recorder.onstop = () => {
        for (const track of recorder.stream.getTracks()) track.stop();
        resolve(new Blob(parts, { type: type.split(";")[0] }));
      };
      recorder.stop();
    }),
  };
}

/** @param {HTMLCanvasElement} canvas @returns {Recording} */
function recordGif(canvas) {
  const share = Math.min(GIF_PX / Math.max(canvas.width, canvas.height), 1);
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [Math.round(canvas.width * share), Math.round(canvas.height * share)];
  const context = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d", { willReadFrequently: true }));
  const gif = createGif(sheet.width, sheet.height);
  let last = 0;
  return {
    drawn(nowMs) {
      if (nowMs - last < 1000 / GIF_FPS) return;
      context.clearRect(0, 0, sheet.width, sheet.height);
      context.drawImage(canvas, 0, 0, sheet.width, sheet.height);
      const { data } = context.getImageData(0, 0, sheet.width, sheet.height);
      gif.add(data, Math.round((last ? nowMs - last : 1000 / GIF_FPS) / 10));
      last = nowMs;
    },
    stop: async () => new Blob([gif.finish()], { type: "image/gif" }),
  };
}

/** Hands a file to the visitor. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement("a"), address = URL.createObjectURL(blob);
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}
