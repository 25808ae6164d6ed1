// @ts-check
/** The 16 shapes, named poses, and how a tracker's scores become weights: the tables of core/expressions.py. */

export const SHAPES = [
  "browDownLeft", "browDownRight", "browUpLeft", "browUpRight", "eyeBlinkLeft", "eyeBlinkRight", "jawOpen", "jawLeft",
  "jawRight", "lipsPucker", "mouthFrownLeft", "mouthFrownRight", "mouthSmileLeft", "mouthSmileRight",
  "mouthStretchLeft", "mouthStretchRight",
];

/** @type {Record<string, Record<string, number>>} */
export const POSES = {
  neutral: {},
  happy: { mouthSmileLeft: 0.85, mouthSmileRight: 0.85, browUpLeft: 0.2, browUpRight: 0.2, jawOpen: 0.15 },
  sad: {
    mouthFrownLeft: 0.8, mouthFrownRight: 0.8, browUpLeft: 0.35, browUpRight: 0.35, eyeBlinkLeft: 0.25, eyeBlinkRight: 0.25,
  },
  angry: {
    browDownLeft: 1, browDownRight: 1, mouthFrownLeft: 0.5, mouthFrownRight: 0.5, mouthStretchLeft: 0.3, mouthStretchRight: 0.3,
  },
  surprised: { browUpLeft: 1, browUpRight: 1, jawOpen: 0.65, lipsPucker: 0.2 },
  playful: { eyeBlinkLeft: 1, mouthSmileLeft: 0.9, mouthSmileRight: 0.35, browUpRight: 0.5, jawLeft: 0.2 },
};

/** Which shapes stand together. @type {Record<string, string[]>} */
export const GROUPS = { Brows: ["brow"], Eyes: ["eye"], Jaw: ["jaw"], Mouth: ["lips", "mouth"] };

/** Where the other side's shape stands, for each shape. */
export const OTHER_SIDE = SHAPES.map((shape) => {
  const other = shape.endsWith("Left") ? shape.replace(/Left$/, "Right") : shape.replace(/Right$/, "Left");
  return SHAPES.indexOf(other);
});

/** @param {Record<string, number>} pose */
export const vectorOf = (pose) => SHAPES.map((shape) => pose[shape] ?? 0);

/** The 16 weights that explain a tracker's ARKit scores; a brow is up when its outer or the shared inner part is.
 * @param {Record<string, number>} scores */
export function fromArkit(scores) {
  const score = (/** @type {string} */ name) => Math.min(Math.max(scores[name] ?? 0, 0), 1);
  return SHAPES.map((shape) => {
    if (shape === "lipsPucker") return score("mouthPucker");
    if (!shape.startsWith("browUp")) return score(shape);
    return Math.max(score(`browOuterUp${shape.slice("browUp".length)}`), score("browInnerUp"));
  });
}

/** A shape's name in plain words: "Brow down left". @param {string} shape */
export function readable(shape) {
  const words = shape.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words[0].toUpperCase() + words.slice(1);
}
