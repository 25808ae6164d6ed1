// @ts-check
/** Poses an avatar again and again (the paper's Eq. 7), working out only the splats that a shape moves.
 *
 * @typedef {import("../bundle.js").Avatar} Avatar
 * @typedef {{ rows: Float32Array, splats: Float32Array, count: number, set: (weights: ArrayLike<number>) => boolean }}
 *   Blender `rows` are the 14 columns of docs/format.md; `splats` what drawing needs, see PER_SPLAT */

/** Numbers a splat in `splats`: centre x y z; the axes times their standard deviations, as a row-major 3x3 matrix whose
 * columns they are; opacity; colour as red * 65536 + green * 256 + blue in whole 8-bit steps. Lengths in cm. */
export const PER_SPLAT = 14;

const SH_C0 = 0.28209479177387814;

/** @param {Avatar} avatar @returns {Blender} */
export function createBlender({ rest, offsets }) {
  const count = rest.length / 14, rows = rest.slice(), splats = new Float32Array(count * PER_SPLAT);
  const moving = movingRows(offsets, count), last = new Float32Array(offsets.length);
  for (let row = 0; row < count; row++) prepare(rows, splats, row);

  return {
    rows, splats, count,
    /** Puts all shapes to these weights; whether that changed anything. */
    set(weights) {
      if (last.every((weight, shape) => weight === Math.fround(weights[shape]))) return false;
      last.set(weights);
      // From rest every time, so that the result never depends on what was set before.
      for (const row of moving) for (let c = 14 * row; c < 14 * row + 14; c++) rows[c] = rest[c];
      offsets.forEach(({ index, delta }, shape) => last[shape] && add(rows, index, delta, last[shape]));
      for (const row of moving) {
        normalise(rows, row);
        prepare(rows, splats, row);
      }
      return true;
    },
  };
}

/** Rows that any shape changes, ascending. @param {Avatar["offsets"]} offsets @param {number} count */
function movingRows(offsets, count) {
  const moves = new Uint8Array(count);
  for (const { index } of offsets) for (const row of index) moves[row] = 1;
  return Int32Array.from(moves.keys()).filter((row) => moves[row]);
}

/** @param {Float32Array} rows @param {Int32Array} index @param {Float32Array} delta @param {number} weight */
function add(rows, index, delta, weight) {
  for (let i = 0, from = 0; i < index.length; i++) {
    for (let c = 14 * index[i], end = c + 14; c < end; c++, from++) rows[c] += weight * delta[from];
  }
}

/** Gives a row's quaternion unit length. @param {Float32Array} rows @param {number} row */
function normalise(rows, row) {
  const q = 14 * row + 10;
  const length = Math.max(Math.sqrt(rows[q] ** 2 + rows[q + 1] ** 2 + rows[q + 2] ** 2 + rows[q + 3] ** 2), 1e-12);
  for (let c = q; c < q + 4; c++) rows[c] /= length;
}

/** Works out one splat's numbers for drawing. @param {Float32Array} rows @param {Float32Array} splats @param {number} row */
function prepare(rows, splats, row) {
  const from = 14 * row, to = PER_SPLAT * row;
  splats[to] = rows[from];
  splats[to + 1] = rows[from + 1];
  splats[to + 2] = rows[from + 2];
  const w = rows[from + 10], x = rows[from + 11], y = rows[from + 12], z = rows[from + 13];
  const a = Math.exp(rows[from + 7]), b = Math.exp(rows[from + 8]), c = Math.exp(rows[from + 9]);
  splats[to + 3] = a * (1 - 2 * (y * y + z * z));
  splats[to + 4] = b * 2 * (x * y - w * z);
  splats[to + 5] = c * 2 * (x * z + w * y);
  splats[to + 6] = a * 2 * (x * y + w * z);
  splats[to + 7] = b * (1 - 2 * (x * x + z * z));
  splats[to + 8] = c * 2 * (y * z - w * x);
  splats[to + 9] = a * 2 * (x * z - w * y);
  splats[to + 10] = b * 2 * (y * z + w * x);
  splats[to + 11] = c * (1 - 2 * (x * x + y * y));
  splats[to + 12] = 1 / (1 + Math.exp(-rows[from + 6]));
  splats[to + 13] = 65536 * byte(rows[from + 3]) + 256 * byte(rows[from + 4]) + byte(rows[from + 5]);
}

/** A colour column in 8-bit steps. @param {number} column */
const byte = (column) => Math.round(255 * Math.min(Math.max(0.5 + SH_C0 * column, 0), 1));
