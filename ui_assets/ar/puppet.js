// @ts-check
/** What a face makes the avatar do: smoothed, calibrated weights and a pose. */
import { calibrated, uncalibrated, withNeutral } from "./calibration.js";
import { fromArkit, SHAPES } from "./expressions.js";
import { headPose } from "./head-pose.js";
import { FACING, fromQuat, mirrored, multiply, partOf, toQuat, transform, transpose } from "./matrices.js";
import { createOneEuro } from "./one-euro.js";

/** @typedef {import("./matrices.js").Pose} Pose */

/** Readings that make a neutral face: about half a second. */
const REMEMBERED = 12;
/** One unit of the filter, so that its settings fit angles and lengths alike. */
const CM_PER_UNIT = 10;

export function createPuppet() {
  const faceFilter = createOneEuro({ minCutoffHz: 3, beta: 4 }), poseFilter = createOneEuro({ minCutoffHz: 2, beta: 6 });
  let calibration = uncalibrated();
  /** @type {{ read: number[], pose: Pose }[]} */
  let readings = [];
  let straight = FACING, weights = SHAPES.map(() => 0);
  /** @type {Pose | null} */
  let pose = null;

  return {
    get calibration() { return calibration; },
    set calibration(next) { calibration = next; },
    get weights() { return weights; },
    /** Where the head is in the camera's picture; null before the first face. */
    get pose() { return pose; },
    get seesFace() { return readings.length > 0; },

    /** @param {import("./tracker.js").Reading | null} reading null: no face @param {number} timeS
     * @param {number} smoothing 0 none, 1 as usual, 2 much */
    take(reading, timeS, smoothing = 1) {
      if (!reading) {
        readings = [];
        return;
      }
      const read = fromArkit(reading.scores), seen = headPose(reading.landmarks, reading.width, reading.height);
      readings = [...readings.slice(1 - REMEMBERED), { read, pose: seen }];
      const raw = calibrated(calibration, read), placed = calibration.mirror ? mirrored(seen) : seen;
      if (!smoothing) {
        [weights, pose] = [raw, placed];
        return;
      }
      // Time that runs slower makes the filter stronger.
      const time = timeS / smoothing;
      weights = faceFilter.filter(raw, time);
      const numbers = [...turnOf(placed.rotation), ...placed.shift.map((part) => part / CM_PER_UNIT)];
      const smooth = poseFilter.filter(numbers, time);
      pose = {
        rotation: multiply(fromQuat(smooth.slice(0, 4)), FACING),
        shift: smooth.slice(4).map((part) => part * CM_PER_UNIT),
      };
    },

    /** Takes the face of the last moment as resting and straight ahead; whether there was one. */
    setNeutral() {
      if (!readings.length) return false;
      calibration = withNeutral(calibration, readings.map(({ read }) => read));
      straight = readings[readings.length >> 1].pose.rotation;
      return true;
    },

    /** Starts afresh, as when the camera is turned off. */
    reset() {
      readings = [];
      weights = SHAPES.map(() => 0);
      pose = null;
      faceFilter.reset();
      poseFilter.reset();
    },

    /** The rotation of a camera's pose once the head's turn is added to it. @param {import("./matrices.js").Matrix3} rotation
     * @param {number} share how far the avatar turns with the head */
    turned(rotation, share) {
      if (!pose) return rotation;
      const rest = calibration.mirror ? mirrored({ rotation: straight, shift: [0, 0, 0] }).rotation : straight;
      return multiply(partOf(multiply(pose.rotation, transpose(rest)), share), rotation);
    },
  };
}

/** A pose in which the avatar is this much larger than life, grown from a point of its head.
 * @param {Pose} pose @param {number} size @param {import("./matrices.js").Vector3} from */
export function enlarged({ rotation, shift }, size, from) {
  const middle = transform(rotation, from);
  // A head twice as large looks like one half as far away.
  return { rotation, shift: shift.map((part, i) => (part + (1 - size) * middle[i]) / size) };
}

/** How a head is turned from looking straight ahead: near 1 0 0 0, so it can be filtered part by part.
 * @param {import("./matrices.js").Matrix3} rotation */
const turnOf = (rotation) => toQuat(multiply(rotation, transpose(FACING)));
