// From a bundle to ellipses on the picture: blend, sort, matrices, projection, against the golden file and closed forms.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { createBlender, PER_SPLAT } from "../../ui_assets/ar/blend.js";
import { createFrames } from "../../ui_assets/ar/frames.js";
import {
  aimed, FACING, framed, fromQuat, mirrored, multiply, orbit, partOf, toQuat, transform, transpose,
} from "../../ui_assets/ar/matrices.js";
import { PER_ELLIPSE, project } from "../../ui_assets/ar/project.js";
import { createSorter } from "../../ui_assets/ar/sort.js";
import { blend, decode } from "../../ui_assets/bundle.js";

const golden = (name) => readFileSync(new URL(`../golden/${name}`, import.meta.url));
const avatar = await decode(new Uint8Array(golden("tiny.snapmoji")));
const { poses } = JSON.parse(golden("tiny.json").toString());
const near = (a, b, tolerance, what = "") => a.forEach((part, i) => assert.ok(Math.abs(part - b[i]) <= tolerance, `${what} ${i}: ${part}, not ${b[i]}`));
const none = avatar.shapes.map(() => 0);

/** One splat at a place, round, of this size and opacity. */
function round(place, sigma, opacity) {
  return Float32Array.from([...place, sigma, 0, 0, 0, sigma, 0, 0, 0, sigma, opacity, 65536 * 200 + 256 * 100 + 50]);
}

test("blends to the golden numbers whatever was set before", () => {
  const blender = createBlender(avatar);
  for (const { weights, columns } of [...poses, ...[...poses].reverse()]) {
    blender.set(weights);
    near(columns.flat(), blender.rows, 1e-4, "number");
    near(blend(avatar, weights), blender.rows, 1e-5, "number");
  }
});

test("says whether anything changed", () => {
  const blender = createBlender(avatar);
  assert.equal(blender.set(none), false);
  assert.equal(blender.set(poses[2].weights), true);
  assert.equal(blender.set(poses[2].weights), false);
});

test("axes, opacity and colour follow from the columns", () => {
  const blender = createBlender(avatar);
  blender.set(poses[3].weights);
  for (let row = 0; row < blender.count; row++) {
    const columns = blender.rows.subarray(14 * row, 14 * row + 14), splat = blender.splats.subarray(PER_SPLAT * row, PER_SPLAT * row + PER_SPLAT);
    const rotation = fromQuat([...columns.subarray(10, 14)]);
    near(rotation.map((part, i) => part * Math.exp(columns[7 + (i % 3)])), splat.subarray(3, 12), 1e-4, "axis");
    assert.ok(Math.abs(1 / (1 + Math.exp(-columns[6])) - splat[12]) < 1e-6);
    const red = Math.min(Math.max(0.5 + 0.28209479177387814 * columns[3], 0), 1);
    assert.equal(Math.floor(splat[13] / 65536), Math.round(255 * red));
  }
});

test("sorts nearest first and leaves out what is behind the camera", () => {
  const places = [[0, 0, 5], [0, 0, -300], [0, 0, 20], [0, 0, 150], [0, 0, -3], [0, 0, NaN], [0, 0, 20]];
  const splats = Float32Array.from(places.flatMap((place) => [...round(place, 1, 0.5)]));
  const { order, length, depths } = createSorter(places.length)(splats, orbit());
  assert.deepEqual([...order.subarray(0, length)], [2, 6, 0, 4, 1]);
  assert.ok(Math.abs(depths[0] - 95) < 1e-3);
});

test("sorts the golden avatar as its depths are", () => {
  const blender = createBlender(avatar);
  const { order, length, depths } = createSorter(blender.count)(blender.splats, orbit(33, -12));
  assert.equal(length, blender.count);
  assert.deepEqual([...order].sort((a, b) => a - b), [...order.keys()]);
  for (let k = 1; k < length; k++) assert.ok(depths[order[k]] >= depths[order[k - 1]] - 30 / 65535);
});

test("the cameras are those of core.camera.orbit", () => {
  assert.deepEqual(orbit().rotation.map((part) => part + 0), FACING);
  near(orbit().shift, [0, -0.4, 100], 1e-12);
  // From the avatar's left, its left is nearer and its front points to the picture's left.
  const { rotation, shift } = orbit(90);
  near(transform(rotation, [1, 0, 0]).map((part, i) => part + shift[i]), [0, -0.4, 99], 1e-9);
  near(transform(rotation, [0, 0, 1]), [-1, 0, 0], 1e-9);
  assert.ok(transform(orbit(0, 45).rotation, [0, 1, 0])[2] < 0, "from above, the crown is nearer");
  near(aimed(orbit(20, 30).rotation).shift, orbit(20, 30).shift, 1e-12);
});

test("rotations and quaternions are two words for one thing", () => {
  for (const quat of [[1, 0, 0, 0], [0.1, 0.9, -0.3, 0.2], [0, 0, 1, 0], [0.5, -0.5, 0.5, 0.5], [0.01, 0.1, 0.2, -0.9]]) {
    const rotation = fromQuat(quat);
    near(multiply(rotation, transpose(rotation)), [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-12);
    near(fromQuat(toQuat(rotation)), rotation, 1e-9);
  }
  const half = partOf(fromQuat([1, 0.2, -0.4, 0.1]), 0.5);
  near(multiply(half, half), fromQuat([1, 0.2, -0.4, 0.1]), 1e-9);
  near(partOf(fromQuat([1, 0.2, -0.4, 0.1]), 0), [1, 0, 0, 0, 1, 0, 0, 0, 1], 1e-12);
});

test("a mirrored camera sees the mirrored place", () => {
  const pose = orbit(25, 10), other = mirrored(pose), at = ({ rotation, shift }, p) => transform(rotation, p).map((part, i) => part + shift[i]);
  const [x, y, z] = at(pose, [-3, 4, 5]);
  near(at(other, [3, 4, 5]), [-x, y, z], 1e-9);
});

test("a round splat in the middle is a circle of its size and the blur's", () => {
  const splats = round([0, -0.4, 0], 0.5, 0.8), camera = framed(orbit(), 512, 512), ellipses = new Float32Array(PER_ELLIPSE);
  assert.equal(project(splats, createSorter(1)(splats, camera), camera, ellipses), 1);
  const sigma = Math.sqrt((0.5 * camera.focal) ** 2 / 1e4 + 0.3), radius = sigma * Math.sqrt(2 * Math.log(255 * 0.8));
  near([256, 256, radius, 0, radius, 65536 * 200 + 256 * 100 + 50, 0.8], ellipses, 1e-3);
});

test("what shows nowhere is left out", () => {
  const camera = framed(orbit(), 512, 512);
  for (const splat of [round([300, 0, 0], 1, 0.9), round([0, 0, 0], 1, 0.003), round([0, 0, 0], NaN, 0.9), round([0, 0, 99.5], 1, 0.9)]) {
    assert.equal(project(splat, createSorter(1)(splat, camera), camera, new Float32Array(PER_ELLIPSE)), 0);
  }
});

test("a frame is the same whatever was asked for before", () => {
  const ask = { weights: poses[2].weights, camera: framed(orbit(40, 5), 300, 200) };
  const fresh = createFrames(avatar)(ask, null), used = createFrames(avatar);
  let spare = null;
  for (const weights of [none, poses[1].weights]) spare = used({ weights, camera: framed(orbit(), 100, 100) }, spare).ellipses;
  spare = used({ ...ask, camera: framed(orbit(40, 5), 600, 400) }, spare).ellipses;
  const again = used(ask, spare);
  assert.equal(again.count, fresh.count);
  near(fresh.ellipses.subarray(0, PER_ELLIPSE * fresh.count), again.ellipses, 0, "number");
});
