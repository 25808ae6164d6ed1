// @ts-check
/** The canvas with the avatar: takes wishes at any time, of which the newest wins, and keeps one frame in the making. */
import { openDoor } from "./worker-door.js";
import { createRenderer } from "./splats.js";

/** @typedef {{ weights: number[], camera: import("./matrices.js").Camera, behind: import("./splats.js").Backdrop }} Wish
 * @typedef {{ blendMs: number, sortMs: number, drawMs: number }} Times */

/** @param {HTMLCanvasElement} canvas @param {import("../bundle.js").Avatar} avatar */
export function createStage(canvas, avatar) {
  const renderer = createRenderer(canvas, avatar.labels.length), door = openDoor(avatar);
  /** @type {Float32Array | null} */
  let spare = null;
  /** @type {Wish | null} */
  let wanted = null;
  /** @type {Wish | null} */
  let shown = null;
  let busy = false;

  /** @param {Wish} wish @returns {Promise<Times>} */
  async function make(wish) {
    const frame = await door.frame({ weights: wish.weights, camera: wish.camera }, spare);
    const start = performance.now();
    spare = frame.ellipses;
    if (canvas.width !== wish.camera.width) canvas.width = wish.camera.width;
    if (canvas.height !== wish.camera.height) canvas.height = wish.camera.height;
    renderer.keep(frame);
    renderer.draw(wish.behind);
    shown = wish;
    return { blendMs: frame.blendMs, sortMs: frame.sortMs, drawMs: performance.now() - start };
  }

  return {
    renderer, canvas, splats: avatar.labels.length,
    get busy() { return busy; },
    get shown() { return shown; },

    /** Draws this as soon as possible, unless something newer is asked for first.
     * @param {Wish} wish @param {(times: Times) => void} [drawn] @param {(error: Error) => void} [failed] */
    async ask(wish, drawn, failed) {
      wanted = wish;
      if (busy) return;
      busy = true;
      try {
        while (wanted) {
          const next = wanted;
          wanted = null;
          drawn?.(await make(next));
        }
      } catch (error) {
        failed?.(/** @type {Error} */ (error));
      } finally {
        busy = false;
      }
    },

    /** The picture on the canvas as PNG, drawn anew because a canvas forgets what was shown.
     * @returns {Promise<Blob | null>} */
    snapshot() {
      if (!shown) return Promise.resolve(null);
      renderer.draw(shown.behind);
      return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    },

    /** Draws once and waits until the picture is there. What is asked for meanwhile is dropped, so that nothing else is
     * timed along. @param {Wish} wish @returns {Promise<Times>} */
    async measure(wish) {
      while (busy) await new Promise((resolve) => setTimeout(resolve));
      busy = true;
      try {
        const times = await make(wish), start = performance.now();
        renderer.finish();
        return { ...times, drawMs: times.drawMs + performance.now() - start };
      } finally {
        wanted = null;
        busy = false;
      }
    },
  };
}
