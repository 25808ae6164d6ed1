// @ts-check
/** Expressions as plain lists of 16 weights: names, sides, JSON, and keyframes. No DOM here. */

/** @typedef {{at: number, weights: number[]}} Keyframe  When, in seconds, and how the face is then. */

/** Title of each group, and how the names of its shapes begin. */
export const GROUPS = [
  ['Brows', /^brow/],
  ['Eyes', /^eye/],
  ['Jaw', /^jaw/],
  ['Mouth', /^(lips|mouth)/],
];

/**
 * The shape's name in plain words: `browDownLeft` becomes `Brow down left`.
 * @param {string} shape
 */
export function readable(shape) {
  const words = shape.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words[0].toUpperCase() + words.slice(1);
}

/**
 * The same shape of the face's other side, or null if there is none. The jaw's two sides are two ways for one bone to go.
 * @param {string} shape
 */
export function twin(shape) {
  if (/^jaw/.test(shape)) return null;
  if (shape.endsWith('Left')) return shape.slice(0, -4) + 'Right';
  return shape.endsWith('Right') ? shape.slice(0, -5) + 'Left' : null;
}

/**
 * The weights after one of them was moved.
 * @param {number[]} weights
 * @param {readonly string[]} shapes
 * @param {string} shape  the one that moved
 * @param {number} value
 * @param {boolean} linked  whether the other side moves along
 */
export function moved(weights, shapes, shape, value, linked) {
  const other = linked ? twin(shape) : null;
  return weights.map((weight, i) => (shapes[i] === shape || shapes[i] === other ? value : weight));
}

/**
 * An expression as JSON: only what is not at rest, by name.
 * @param {number[]} weights
 * @param {readonly string[]} shapes
 */
export function toJson(weights, shapes) {
  const entries = shapes.map((shape, i) => [shape, Math.round(weights[i] * 1000) / 1000]);
  return JSON.stringify(Object.fromEntries(entries.filter(([, weight]) => weight)), null, 2);
}

/**
 * The expression in a text; what is not named is at rest.
 * @param {string} text
 * @param {readonly string[]} shapes
 * @throws {Error} with one sentence for the visitor
 */
export function fromJson(text, shapes) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Error('This is not JSON; write for example {"jawOpen": 0.5}.');
  }
  if (!found || typeof found !== 'object' || Array.isArray(found)) {
    throw new Error('Write names with numbers, for example {"jawOpen": 0.5}.');
  }
  for (const [name, value] of Object.entries(found)) {
    if (!shapes.includes(name)) throw new Error(`There is no blendshape called ${name}.`);
    if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
      throw new Error(`The weight of ${name} must lie between 0 and 1.`);
    }
  }
  return shapes.map((shape) => found[shape] || 0);
}

/**
 * The expression at a moment: between keyframes it eases from one to the next, and from the last to the first.
 * The server's rule for exported films is the same (app/motion.py).
 * @param {Keyframe[]} keyframes  ascending in time, at least one
 * @param {number} seconds  of the whole
 * @param {number} time  in seconds
 */
export function poseAt(keyframes, seconds, time) {
  const now = ((time % seconds) + seconds) % seconds;
  const last = keyframes[keyframes.length - 1];
  let next = keyframes.findIndex((key) => key.at > now);
  const from = next === 0 ? { ...last, at: last.at - seconds } : keyframes[(next < 0 ? keyframes.length : next) - 1];
  const to = next < 0 ? { ...keyframes[0], at: keyframes[0].at + seconds } : keyframes[next];
  const share = to.at > from.at ? (now - from.at) / (to.at - from.at) : 0;
  const eased = share * share * (3 - 2 * share);
  return from.weights.map((weight, i) => weight + (to.weights[i] - weight) * eased);
}
