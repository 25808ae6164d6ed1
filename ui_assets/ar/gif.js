// @ts-check
/** Writes animated GIFs with transparency: 6 x 7 x 6 colours for all frames, ordered dither, LZW. */

const REDS = 6, GREENS = 7, BLUES = 6;
const CLEAR = REDS * GREENS * BLUES;
/** Bayer's 4 x 4 pattern, in [-1/2, 1/2). */
const DITHER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5].map((rank) => (rank + 0.5) / 16 - 0.5);

/** @param {number} width @param {number} height in pixels */
export function createGif(width, height) {
  /** @type {Uint8Array[]} */
  const parts = [header(width, height)];
  const indices = new Uint8Array(width * height);

  return {
    /** Adds a frame. @param {Uint8ClampedArray} rgba straight alpha @param {number} hundredths how long it is shown */
    add(rgba, hundredths) {
      for (let i = 0; i < indices.length; i++) indices[i] = nearest(rgba, i, width);
      const delay = Math.max(hundredths, 2);
      parts.push(Uint8Array.from([
        0x21, 0xf9, 4, 0b1001, delay & 255, delay >> 8, CLEAR, 0,
        0x2c, 0, 0, 0, 0, width & 255, width >> 8, height & 255, height >> 8, 0, 8,
      ]), blocks(packed(indices)));
    },
    /** The file. @returns {Uint8Array<ArrayBuffer>} */
    finish() {
      const all = [...parts, Uint8Array.of(0x3b)], file = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of all) {
        file.set(part, at);
        at += part.length;
      }
      return file;
    },
  };
}

/** @param {number} width @param {number} height */
function header(width, height) {
  const palette = new Uint8Array(3 * 256);
  for (let i = 0; i < CLEAR; i++) {
    const level = [Math.floor(i / (GREENS * BLUES)) / (REDS - 1), (Math.floor(i / BLUES) % GREENS) / (GREENS - 1), (i % BLUES) / (BLUES - 1)];
    palette.set(level.map((part) => Math.round(255 * part)), 3 * i);
  }
  const text = (/** @type {string} */ letters) => [...letters].map((letter) => letter.charCodeAt(0));
  const screen = [width & 255, width >> 8, height & 255, height >> 8, 0xf7, CLEAR, 0];
  // The extension of Netscape: for ever.
  const loop = [0x21, 0xff, 11, ...text("NETSCAPE2.0"), 3, 1, 0, 0, 0];
  return Uint8Array.from([...text("GIF89a"), ...screen, ...palette, ...loop]);
}

/** @param {Uint8ClampedArray} rgba @param {number} i @param {number} width */
function nearest(rgba, i, width) {
  const at = 4 * i;
  if (rgba[at + 3] < 128) return CLEAR;
  const shift = DITHER[((((i / width) | 0) & 3) << 2) | (i % width & 3)];
  const red = step(rgba[at], REDS, shift), green = step(rgba[at + 1], GREENS, shift), blue = step(rgba[at + 2], BLUES, shift);
  return (red * GREENS + green) * BLUES + blue;
}

/** @param {number} value @param {number} levels @param {number} shift */
function step(value, levels, shift) {
  const rounded = Math.round((value * (levels - 1)) / 255 + shift);
  return rounded < 0 ? 0 : rounded >= levels ? levels - 1 : rounded;
}

/** LZW with codes of 9 to 12 bits. @param {Uint8Array} indices */
function packed(indices) {
  const reset = 256, end = 257, out = new Uint8Array(2 * indices.length + 16), next = new Int16Array(4096 * 256);
  let at = 0, bits = 0, held = 0, size = 9, free = 258;
  const put = (/** @type {number} */ code) => {
    held |= code << bits;
    for (bits += size; bits >= 8; bits -= 8, held >>>= 8) out[at++] = held & 255;
  };
  put(reset);
  let prefix = indices[0];
  for (let i = 1; i < indices.length; i++) {
    const place = 256 * prefix + indices[i];
    if (next[place]) {
      prefix = next[place];
      continue;
    }
    put(prefix);
    prefix = indices[i];
    if (free === 4096) {
      put(reset);
      next.fill(0);
      size = 9;
      free = 258;
      continue;
    }
    next[place] = free;
    if (free++ === 1 << size) size++;
  }
  put(prefix);
  if (free === 1 << size && size < 12) size++;
  put(end);
  if (bits) out[at++] = held & 255;
  return out.subarray(0, at);
}

/** Cut into blocks of 255 bytes, each with its length, and an empty one. @param {Uint8Array} bytes */
function blocks(bytes) {
  const out = new Uint8Array(bytes.length + Math.ceil(bytes.length / 255) + 1);
  for (let from = 0, at = 0; from < bytes.length; from += 255) {
    const block = bytes.subarray(from, from + 255);
    out[at++] = block.length;
    out.set(block, at);
    at += block.length;
  }
  return out;
}
