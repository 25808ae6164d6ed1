// @ts-check
/** The splats in front of the camera, nearest first: a counting sort of 16-bit depths. */
import { PER_SPLAT } from "./blend.js";

const KEYS = 65536;
/** Splats whose centre is nearer to the camera's plane than this are not drawn, as in core/render/project.py. */
export const NEAR_CM = 1;

/** @typedef {{ order: Uint32Array, depths: Float32Array, length: number }} Order the first `length` of `order` are
 *   splats; `depths` (of all splats) are camera z in cm */

/** Memory for the order of up to `count` splats, to be used again. @param {number} count */
export function createSorter(count) {
  const order = new Uint32Array(count), depths = new Float32Array(count);
  const visible = new Uint32Array(count), keys = new Uint16Array(count), starts = new Uint32Array(KEYS + 1);

  /** Those with equal keys keep their order. @param {Float32Array} splats @param {import("./matrices.js").Pose} pose
   * @returns {Order} */
  return function sort(splats, { rotation, shift }) {
    const [, , , , , , x, y, z] = rotation, far = shift[2];
    let length = 0, nearest = Infinity, farthest = -Infinity;
    for (let i = 0, at = 0; i < count; i++, at += PER_SPLAT) {
      const depth = Math.fround(x * splats[at] + y * splats[at + 1] + z * splats[at + 2] + far);
      depths[i] = depth;
      if (!(depth >= NEAR_CM && depth < Infinity)) continue;
      visible[length++] = i;
      if (depth < nearest) nearest = depth;
      if (depth > farthest) farthest = depth;
    }
    const scale = farthest > nearest ? (KEYS - 1) / (farthest - nearest) : 0;
    starts.fill(0);
    for (let k = 0; k < length; k++) {
      const key = ((depths[visible[k]] - nearest) * scale) | 0;
      keys[k] = key;
      starts[key + 1]++;
    }
    for (let key = 1; key <= KEYS; key++) starts[key] += starts[key - 1];
    for (let k = 0; k < length; k++) order[starts[keys[k]]++] = visible[k];
    return { order, depths, length };
  };
}
