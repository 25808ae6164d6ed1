// @ts-check
/** One frame's ellipses from weights and a camera, doing again only what those change. Runs in the worker. */
import { createBlender } from "./blend.js";
import { PER_ELLIPSE, project } from "./project.js";
import { createSorter } from "./sort.js";

/** @typedef {{ weights: number[], camera: import("./matrices.js").Camera }} Request
 * @typedef {{ ellipses: Float32Array, count: number, blendMs: number, sortMs: number }} Frame the first `count`
 *   ellipses are to be drawn, nearest first; projecting them counts as sorting */

/** @param {import("../bundle.js").Avatar} avatar */
export function createFrames(avatar) {
  const blender = createBlender(avatar), sort = createSorter(blender.count);
  /** @type {import("./sort.js").Order | null} */
  let order = null;
  let seen = "";

  /** @param {Request} request @param {Float32Array | null} spare memory of an earlier frame, to be used again
   * @returns {Frame} */
  return function frame({ weights, camera }, spare) {
    const ellipses = spare ?? new Float32Array(PER_ELLIPSE * padded(blender.count));
    const start = performance.now();
    const moved = blender.set(weights);
    const blended = performance.now();
    // A change of the picture's size alone does not change what is in front of what.
    const view = `${camera.rotation} ${camera.shift}`;
    if (moved || !order || view !== seen) order = sort(blender.splats, camera);
    seen = view;
    const count = project(blender.splats, order, camera, ellipses);
    return { ellipses, count, blendMs: blended - start, sortMs: performance.now() - blended };
  };
}

/** Splats in a row of the texture that carries them; the worker pads to whole rows. */
export const ROW = 512;
/** @param {number} count */
const padded = (count) => ROW * Math.ceil(count / ROW);
