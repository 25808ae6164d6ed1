// @ts-check
/** Where a head is in front of a camera, from MediaPipe's landmarks. */
import { HEAD_POINTS } from "./head-points.js";
import { FACING, fromQuat, transform } from "./matrices.js";

/** Focal length of a usual laptop's or phone's camera, in lengths of the picture's longer side. */
const FOCAL = 0.85;
/** Rounds until perspective is accounted for. */
const ROUNDS = 4;

/** @param {number} width @param {number} height in pixels */
export const focalOf = (width, height) => FOCAL * Math.max(width, height);

/** The pose (head frame to camera frame, cm) that puts a usual head where these landmarks are, life-size.
 * @param {ArrayLike<number>} landmarks 478 times x right, y down, z away from the camera, in pixels
 * @param {number} width @param {number} height of the picture in pixels @returns {import("./matrices.js").Pose} */
export function headPose(landmarks, width, height) {
  const head = centred(HEAD_POINTS.map(([, ...place]) => place)), focal = focalOf(width, height);
  const seen = HEAD_POINTS.map(([i]) => [landmarks[3 * i] - width / 2, landmarks[3 * i + 1] - height / 2, landmarks[3 * i + 2]]);
  const depth = seen.reduce((sum, point) => sum + point[2], 0) / seen.length;

  // At first as if every point were equally far away, then each as far as the pose so far says.
  let rotation = FACING, distance = 60, middle = [0, 0, distance], relief = head.points.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    const lifted = centred(seen.map(([x, y, z], i) => {
      const away = distance + relief[i];
      return [(x * away) / focal, (y * away) / focal, ((z - depth) * distance) / focal];
    }));
    rotation = rotationBetween(head.points, lifted.points);
    // How much too large, from the picture's plane alone, where the landmarks are sure.
    let both = 0, own = 0;
    const turned = head.points.map((point) => transform(rotation, point));
    turned.forEach(([x, y], i) => {
      both += x * lifted.points[i][0] + y * lifted.points[i][1];
      own += x * x + y * y;
    });
    const share = own / Math.max(both, 1e-6);
    distance *= share;
    middle = [share * lifted.middle[0], share * lifted.middle[1], distance];
    relief = turned.map((point) => point[2]);
  }
  const origin = transform(rotation, head.middle);
  return { rotation, shift: [middle[0] - origin[0], middle[1] - origin[1], middle[2] - origin[2]] };
}

/** @param {number[][]} points */
function centred(points) {
  const middle = [0, 1, 2].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  return { middle, points: points.map((point) => point.map((part, axis) => part - middle[axis])) };
}

/** The rotation that brings one set of points nearest to another, whatever their scales (Horn 1987).
 * @param {number[][]} from @param {number[][]} to */
function rotationBetween(from, to) {
  const s = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  from.forEach((a, i) => a.forEach((part, row) => to[i].forEach((other, column) => { s[3 * row + column] += part * other; })));
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s;
  return fromQuat(largestEigenvector([
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ]));
}

/** Of a symmetric matrix, by Jacobi's rotations. @param {number[][]} m changed */
function largestEigenvector(m) {
  const vectors = m.map((_, row) => m.map((_, column) => Number(row === column)));
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < 3; p++) {
      for (let q = p + 1; q < 4; q++) {
        if (m[p][q] === 0) continue;
        const angle = 0.5 * Math.atan2(2 * m[p][q], m[q][q] - m[p][p]), c = Math.cos(angle), s = Math.sin(angle);
        for (const row of m) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
        for (let k = 0; k < 4; k++) [m[p][k], m[q][k]] = [c * m[p][k] - s * m[q][k], s * m[p][k] + c * m[q][k]];
        for (const row of vectors) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
      }
    }
  }
  const best = [0, 1, 2, 3].reduce((a, b) => (m[b][b] > m[a][a] ? b : a));
  return vectors.map((row) => row[best]);
}
