// @ts-check
/** From what a tracker reads of a face to what the avatar is to do: neutral, gain for each shape, mirror.
 *
 * @typedef {{ neutral: number[], gains: number[], mirror: boolean }} Calibration `neutral` is what the tracker reads of this
 *   person's resting face */
import { OTHER_SIDE, SHAPES } from "./expressions.js";

/** Gains before anybody changed them: trackers read a closed lid as two thirds, and hardly see these others. */
const QUIET = { eyeBlink: 1.5, browDown: 1.6, browUp: 1.2, mouthFrown: 1.8, mouthStretch: 1.5, mouthSmile: 1.1 };
/** Open eyes read as this much of a blink; core/drive/calibration.py says of how many portraits. */
const OPEN_EYES = 0.12;
export const MAX_GAIN = 3;
/** No more than this is taken as resting, so that a smile at the wrong moment does not forbid smiling. */
const MAX_NEUTRAL = 0.6;

/** @returns {Calibration} */
export function uncalibrated() {
  const gain = (/** @type {string} */ shape) => Object.entries(QUIET).find(([start]) => shape.startsWith(start))?.[1] ?? 1;
  return { neutral: SHAPES.map((shape) => (shape.startsWith("eyeBlink") ? OPEN_EYES : 0)), gains: SHAPES.map(gain), mirror: true };
}

/** The calibration whose neutral is the middle of these readings. @param {Calibration} calibration
 * @param {number[][]} readings at least one */
export function withNeutral(calibration, readings) {
  const middle = SHAPES.map((_, shape) => {
    const sorted = readings.map((reading) => reading[shape]).sort((a, b) => a - b);
    return Math.min(sorted[sorted.length >> 1], MAX_NEUTRAL);
  });
  return { ...calibration, neutral: middle };
}

/** Weights in [0, 1] for what the tracker reads. @param {Calibration} calibration @param {number[]} read */
export function calibrated({ neutral, gains, mirror }, read) {
  const own = read.map((value, i) => Math.min(Math.max((gains[i] * (value - neutral[i])) / (1 - neutral[i]), 0), 1));
  return mirror ? own.map((_, shape) => own[OTHER_SIDE[shape]]) : own;
}
