// @ts-check
/** Reads .snapmoji files (docs/format.md) and poses their avatars, with the same numbers as the Python reader.
 *
 * @typedef {{ index: Int32Array, delta: Float32Array }} OffsetSet rows that change, and 14 numbers for each
 * @typedef {{ rest: Float32Array, shapes: string[], offsets: OffsetSet[], labels: Uint8Array, parts: string[],
 *   meta: Record<string, unknown> }} Avatar `rest` has 14 numbers a splat; labels are indices into `parts` */

const COLUMNS = "x y z f_dc_0 f_dc_1 f_dc_2 opacity scale_0 scale_1 scale_2 rot_0 rot_1 rot_2 rot_3";

/** The avatar in a file's bytes. Rejects with an Error that says why.
 * @param {Uint8Array} bytes @returns {Promise<Avatar>} */
export async function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), text = new TextDecoder();
  check(bytes.length >= 16 && text.decode(bytes.subarray(0, 8)) === "SNAPMOJI", "it is not a .snapmoji file");
  check(view.getUint32(8, true) === 1, "it has another version than 1");
  const bodyStart = 16 + view.getUint32(12, true);
  check(bodyStart <= Math.min(bytes.length, 16 + 2 ** 20), "its header is cut short");
  const header = JSON.parse(text.decode(bytes.subarray(16, bodyStart)));
  check(header?.columns?.join(" ") === COLUMNS, "its columns are not those of a splat");

  const { splats: n, shapes, parts, meta } = header;
  check(whole(n, 1, 500000) && shapes.length <= 64 && header.sets.length === shapes.length, "it is too large");
  check(header.sets.every((/** @type {any} */ set) => whole(set.splats, 0, n)), "a set is too large");
  const changes = header.sets.reduce((/** @type {number} */ sum, /** @type {any} */ set) => sum + set.splats, 0);
  check(changes <= 3e6, "it is too large");
  const body = await inflate(bytes.subarray(bodyStart), 29 * n + 31 * changes);

  let at = 0;
  const take = (/** @type {number} */ size) => body.subarray(at, (at += size));
  const labels = take(n);
  check(labels.every((label) => label < parts.length), "it lists too few parts");
  const rest = readBlock(take(28 * n), n, header.rest);
  for (let row = 0; row < n; row++) check(normalise(rest, row) >= 1e-6, "a rotation has length zero");
  const offsets = header.sets.map((/** @type {any} */ set) => {
    const m = set.splats, gaps = take(3 * m), index = new Int32Array(m);
    for (let i = 0, row = 0; i < m; i++, row++) {
      index[i] = row += gaps[i] + 256 * gaps[m + i] + 65536 * gaps[2 * m + i];
      check(row < n, "it moves splats that do not exist");
    }
    return { index, delta: readBlock(take(28 * m), m, set) };
  });
  return { rest, shapes, offsets, labels, parts, meta };
}

/** Rows of 14 columns at these weights, one a shape (the paper's Eq. 7): rest + sum of weight * delta.
 * @param {Avatar} avatar @param {ArrayLike<number>} weights */
export function blend({ rest, offsets }, weights) {
  const rows = rest.slice(), moved = new Uint8Array(rest.length / 14);
  for (const [shape, { index, delta }] of offsets.entries()) {
    for (let i = 0; weights[shape] && i < index.length; i++) {
      moved[index[i]] = 1;
      for (let c = 0; c < 14; c++) rows[14 * index[i] + c] += weights[shape] * delta[14 * i + c];
    }
  }
  moved.forEach((yes, row) => yes && normalise(rows, row));
  return rows;
}

/** @param {Uint8Array} bytes @param {number} m @param {{ exponents: number[], base: number[] }} grid */
function readBlock(bytes, m, { exponents, base }) {
  const fits = exponents.length === 14 && base.length === 14 && exponents.every((e) => whole(e, 0, 20));
  check(fits && base.every((b) => whole(b, -(2 ** 23), 2 ** 23)), "its steps are not those of 14 columns");
  const rows = new Float32Array(14 * m);
  for (let c = 0; c < 14; c++) {
    const step = 2 ** -exponents[c], low = 2 * c * m, limit = c < 3 ? 3e4 : c >= 7 && c < 10 ? 40 : 1e6;
    for (let i = 0; i < m; i++) {
      const value = (base[c] + bytes[low + i] + 256 * bytes[low + m + i]) * step;
      check(Math.abs(value) <= limit, "a splat has an impossible place, size or colour");
      rows[14 * i + c] = value;
    }
  }
  return rows;
}

/** Gives a row's quaternion unit length; returns the length it had. @param {Float32Array} rows @param {number} row */
function normalise(rows, row) {
  const q = 14 * row + 10, length = Math.sqrt(rows[q] ** 2 + rows[q + 1] ** 2 + rows[q + 2] ** 2 + rows[q + 3] ** 2);
  for (let c = q; c < q + 4; c++) rows[c] /= Math.max(length, 1e-12);
  return length;
}

/** Unpacks a zlib stream of exactly this length. @param {Uint8Array} packed @param {number} length */
async function inflate(packed, length) {
  const stream = new Blob([/** @type {BlobPart} */ (packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const body = new Uint8Array(length), reader = stream.getReader();
  let at = 0;
  for (let next = await reader.read(); !next.done; at += next.value.length, next = await reader.read()) {
    check(at + next.value.length <= length, "it is longer than it says");
    body.set(next.value, at);
  }
  check(at === length, "it is cut short");
  return body;
}

/** @param {any} value @param {number} low @param {number} high */
const whole = (value, low, high) => Number.isInteger(value) && value >= low && value <= high;
/** @param {unknown} holds @param {string} why */
function check(holds, why) { if (!holds) throw new Error(`The avatar cannot be read: ${why}.`); }
