// @ts-check
/** From splats in space to ellipses on the picture, by the rules of core/render/project.py: EWA splatting, a 0.3 px blur,
 * nothing below 1/255. Doing this here rather than in the vertex shader means once a splat instead of four times. */
import { PER_SPLAT } from "./blend.js";

/** Numbers an ellipse in what `project` writes: centre x y in pixels; the first half axis x y; the second half axis,
 * which is (0, y); colour as in PER_SPLAT; opacity; one unused. Alpha is 1/255 where the two add up to length 1. */
export const PER_ELLIPSE = 8;

const BLUR_PX2 = 0.3;
const MIN_ALPHA = 1 / 255;
/** This share of the picture past its border, the slope of the projection stops growing. */
const MARGIN = 0.15;
const MAX_RADIUS_PX = 1e5;

/** Writes the ellipses of the splats in this order; those that touch no pixel are left out.
 * @param {Float32Array} splats @param {import("./sort.js").Order} order @param {import("./matrices.js").Camera} camera
 * @param {Float32Array} ellipses @returns {number} how many were written */
export function project(splats, { order, depths, length }, camera, ellipses) {
  const { rotation: r, shift: t, focal, width, height } = camera;
  const limitX = ((0.5 + MARGIN) * width) / focal, limitY = ((0.5 + MARGIN) * height) / focal;
  let written = 0;
  for (let k = 0; k < length; k++) {
    const i = order[k], s = PER_SPLAT * i, opacity = splats[s + 12], depth = depths[i];
    if (!(opacity > MIN_ALPHA)) continue;
    const x = splats[s], y = splats[s + 1], z = splats[s + 2];
    const tanX = (r[0] * x + r[1] * y + r[2] * z + t[0]) / depth;
    const tanY = (r[3] * x + r[4] * y + r[5] * z + t[1]) / depth;

    // J R: by how many pixels a centimetre of head space moves a point. Far outside, the slope is held.
    const slopeX = tanX < -limitX ? -limitX : tanX > limitX ? limitX : tanX;
    const slopeY = tanY < -limitY ? -limitY : tanY > limitY ? limitY : tanY;
    const scale = focal / depth;
    const jx0 = scale * (r[0] - slopeX * r[6]), jx1 = scale * (r[1] - slopeX * r[7]), jx2 = scale * (r[2] - slopeX * r[8]);
    const jy0 = scale * (r[3] - slopeY * r[6]), jy1 = scale * (r[4] - slopeY * r[7]), jy2 = scale * (r[5] - slopeY * r[8]);
    const m0 = splats[s + 3], m1 = splats[s + 4], m2 = splats[s + 5];
    const m3 = splats[s + 6], m4 = splats[s + 7], m5 = splats[s + 8];
    const m6 = splats[s + 9], m7 = splats[s + 10], m8 = splats[s + 11];
    const u0 = jx0 * m0 + jx1 * m3 + jx2 * m6, u1 = jx0 * m1 + jx1 * m4 + jx2 * m7, u2 = jx0 * m2 + jx1 * m5 + jx2 * m8;
    const v0 = jy0 * m0 + jy1 * m3 + jy2 * m6, v1 = jy0 * m1 + jy1 * m4 + jy2 * m7, v2 = jy0 * m2 + jy1 * m5 + jy2 * m8;

    // The covariance is u u, u v, v v plus the blur. Its determinant is a sum of squares, so nothing cancels.
    const sharpX = u0 * u0 + u1 * u1 + u2 * u2, sharpY = v0 * v0 + v1 * v1 + v2 * v2;
    const n0 = u1 * v2 - u2 * v1, n1 = u2 * v0 - u0 * v2, n2 = u0 * v1 - u1 * v0;
    const det = n0 * n0 + n1 * n1 + n2 * n2 + BLUR_PX2 * (sharpX + sharpY + BLUR_PX2);
    const varX = sharpX + BLUR_PX2, varY = sharpY + BLUR_PX2;

    // Any matrix whose square is the covariance gives the same Gaussian; the triangular one needs no eigenvectors.
    const cut = Math.sqrt(2 * Math.log(opacity / MIN_ALPHA)), radiusX = cut * Math.sqrt(varX), radiusY = cut * Math.sqrt(varY);
    const centreX = focal * tanX + width / 2, centreY = focal * tanY + height / 2;
    const inside = centreX + radiusX >= 0 && centreX - radiusX < width && centreY + radiusY >= 0 && centreY - radiusY < height;
    if (!(inside && radiusX < MAX_RADIUS_PX && radiusY < MAX_RADIUS_PX)) continue;
    const e = PER_ELLIPSE * written++;
    ellipses[e] = centreX;
    ellipses[e + 1] = centreY;
    ellipses[e + 2] = radiusX;
    ellipses[e + 3] = (cut * (u0 * v0 + u1 * v1 + u2 * v2)) / Math.sqrt(varX);
    ellipses[e + 4] = cut * Math.sqrt(det / varX);
    ellipses[e + 5] = splats[s + 13];
    ellipses[e + 6] = opacity;
  }
  return written;
}
