// @ts-check
/** Cameras and rotations. Frames are those of core/camera.py: camera x right, y down, z forward; pixel centres at +0.5.
 *
 * @typedef {number[]} Matrix3 row-major
 * @typedef {number[]} Vector3
 * @typedef {{ rotation: Matrix3, shift: Vector3 }} Pose takes the head frame (cm) to the camera frame: R p + t
 * @typedef {Pose & { focal: number, width: number, height: number }} Camera focal length and sides in pixels; the axis
 *   of view goes through the middle of the picture */

/** Where cameras look, as in core/camera.py. @type {Vector3} */
export const HEAD_CENTRE = [0, -0.4, 0];
export const DISTANCE_CM = 100;
export const FOV_DEG = 20;
/** The rotation of a head that looks straight into the camera. @type {Matrix3} */
export const FACING = [1, 0, 0, 0, -1, 0, 0, 0, -1];

/** @param {Matrix3} a @param {Matrix3} b @returns {Matrix3} */
export function multiply(a, b) {
  const cell = (/** @type {number} */ row, /** @type {number} */ column) =>
    a[row] * b[column] + a[row + 1] * b[column + 3] + a[row + 2] * b[column + 6];
  return [0, 3, 6].flatMap((row) => [0, 1, 2].map((column) => cell(row, column)));
}

/** @param {Matrix3} m @param {Vector3} v @returns {Vector3} */
export function transform(m, [x, y, z]) {
  return [m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z];
}

/** @param {Matrix3} m @returns {Matrix3} */
export const transpose = (m) => [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];

/** The pose seen by a camera on a sphere round a point, upright, looking at it; angles as in core.camera.orbit.
 * @param {number} yawDeg @param {number} pitchDeg @param {number} distance in cm @param {Vector3} target
 * @returns {Pose} */
export function orbit(yawDeg = 0, pitchDeg = 0, distance = DISTANCE_CM, target = HEAD_CENTRE) {
  const yaw = (yawDeg * Math.PI) / 180, pitch = (pitchDeg * Math.PI) / 180;
  const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  const rotation = [cy, 0, -sy, sy * sp, -cp, cy * sp, -sy * cp, -sp, -cy * cp];
  return aimed(rotation, distance, target);
}

/** The pose in which a point of the head is in the middle of the picture. @param {Matrix3} rotation
 * @param {number} distance in cm @param {Vector3} target @returns {Pose} */
export function aimed(rotation, distance = DISTANCE_CM, target = HEAD_CENTRE) {
  const [x, y, z] = transform(rotation, target);
  return { rotation, shift: [-x, -y, distance - z] };
}

/** A pose as a camera for a picture of this size. Tall pictures show as much of the head as square ones.
 * @param {Pose} pose @param {number} width @param {number} height @param {number} fovDeg over the shorter side
 * @returns {Camera} */
export function framed(pose, width, height, fovDeg = FOV_DEG) {
  return { ...pose, width, height, focal: Math.min(width, height) / 2 / Math.tan((fovDeg * Math.PI) / 360) };
}

/** The pose in a mirror: what was right in the picture is left. @param {Pose} pose @returns {Pose} */
export function mirrored({ rotation: r, shift: [x, y, z] }) {
  return { rotation: [r[0], -r[1], -r[2], -r[3], r[4], r[5], -r[6], r[7], r[8]], shift: [-x, y, z] };
}

/** The rotation of a quaternion w x y z of any length. @param {number[]} quat @returns {Matrix3} */
export function fromQuat([w, x, y, z]) {
  const s = 2 / (w * w + x * x + y * y + z * z);
  return [
    1 - s * (y * y + z * z), s * (x * y - w * z), s * (x * z + w * y),
    s * (x * y + w * z), 1 - s * (x * x + z * z), s * (y * z - w * x),
    s * (x * z - w * y), s * (y * z + w * x), 1 - s * (x * x + y * y),
  ];
}

/** The unit quaternion w x y z of a rotation, w not negative. @param {Matrix3} m @returns {number[]} */
export function toQuat(m) {
  // Of four equivalent formulas the best conditioned one.
  const forms = [
    [1 + m[0] + m[4] + m[8], m[7] - m[5], m[2] - m[6], m[3] - m[1]],
    [m[7] - m[5], 1 + m[0] - m[4] - m[8], m[1] + m[3], m[2] + m[6]],
    [m[2] - m[6], m[1] + m[3], 1 - m[0] + m[4] - m[8], m[5] + m[7]],
    [m[3] - m[1], m[2] + m[6], m[5] + m[7], 1 - m[0] - m[4] + m[8]],
  ];
  const best = forms.reduce((a, b) => (Math.hypot(...b) > Math.hypot(...a) ? b : a));
  const length = Math.hypot(...best) * (best[0] < 0 ? -1 : 1);
  return best.map((part) => part / length);
}

/** A share of a rotation: 0 none of it, 1 all of it. @param {Matrix3} rotation @param {number} share */
export function partOf(rotation, share) {
  const [w, ...axis] = toQuat(rotation), sine = Math.hypot(...axis);
  const angle = share * Math.atan2(sine, w), scale = sine > 1e-9 ? Math.sin(angle) / sine : 0;
  return fromQuat([Math.cos(angle), ...axis.map((part) => scale * part)]);
}
