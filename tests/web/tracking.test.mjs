// Reading a face: head pose, filters, calibration, quality.
import assert from "node:assert/strict";
import { test } from "node:test";

import { calibrated, uncalibrated, withNeutral } from "../../ui_assets/ar/calibration.js";
import { fromArkit, OTHER_SIDE, readable, SHAPES } from "../../ui_assets/ar/expressions.js";
import { HEAD_POINTS } from "../../ui_assets/ar/head-points.js";
import { focalOf, headPose } from "../../ui_assets/ar/head-pose.js";
import { FACING, fromQuat, mirrored, multiply, toQuat, transform, transpose } from "../../ui_assets/ar/matrices.js";
import { createOneEuro } from "../../ui_assets/ar/one-euro.js";
import { createQuality, STEPS } from "../../ui_assets/ar/quality.js";

const WIDTH = 640, HEIGHT = 480;

/** What a camera would see of the usual head in a pose: landmarks in pixels, depth on the scale of the picture. */
function landmarksAt({ rotation, shift }) {
  const focal = focalOf(WIDTH, HEIGHT), landmarks = new Float32Array(3 * 478);
  for (const [i, ...place] of HEAD_POINTS) {
    const [x, y, z] = transform(rotation, place).map((part, axis) => part + shift[axis]);
    landmarks.set([WIDTH / 2 + (focal * x) / z, HEIGHT / 2 + (focal * y) / z, (focal * z) / shift[2]], 3 * i);
  }
  return landmarks;
}

const degreesBetween = (a, b) => (2 * Math.acos(Math.min(toQuat(multiply(a, transpose(b)))[0], 1)) * 180) / Math.PI;

for (const [what, axis, shift] of [
  ["straight ahead", [1, 0, 0, 0], [0, 0, 60]],
  ["turned", [1, 0, 0.25, 0], [0, 0, 60]],
  ["nodding", [1, -0.15, 0, 0], [3, -2, 70]],
  ["tilted, at the side", [1, 0, 0.05, 0.2], [-14, 5, 65]],
  ["all at once, far away", [1, 0.1, -0.2, -0.1], [20, 10, 140]],
]) {
  test(`finds a head that is ${what}`, () => {
    const rotation = multiply(fromQuat(axis), FACING), pose = headPose(landmarksAt({ rotation, shift }), WIDTH, HEIGHT);
    assert.ok(degreesBetween(pose.rotation, rotation) < 3, `off by ${degreesBetween(pose.rotation, rotation)} degrees`);
    pose.shift.forEach((part, i) => assert.ok(Math.abs(part - shift[i]) < 0.03 * shift[2], `${pose.shift}, not ${shift}`));
  });
}

test("a mirrored picture shows the mirrored pose", () => {
  const rotation = multiply(fromQuat([1, 0.1, 0.2, 0.1]), FACING), shift = [5, 1, 60];
  const seen = headPose(landmarksAt(mirrored({ rotation, shift })), WIDTH, HEIGHT);
  const plain = headPose(landmarksAt({ rotation, shift }), WIDTH, HEIGHT);
  mirrored(plain).rotation.forEach((part, i) => assert.ok(Math.abs(part - seen.rotation[i]) < 1e-5));
  mirrored(plain).shift.forEach((part, i) => assert.ok(Math.abs(part - seen.shift[i]) < 1e-3));
});

test("a still value stays, noise is damped, a step is reached", () => {
  const filter = createOneEuro();
  let noise = 1;
  for (let i = 0, out = 0; i < 60; i++) {
    const value = (noise = (noise * 16807) % 2147483647) / 2147483647 - 0.5;
    const next = filter.filter([0.1 * value], i / 30)[0];
    if (i > 5) assert.ok(Math.abs(next - out) < 0.05, "damped");
    out = next;
  }
  for (let i = 60; i < 120; i++) filter.filter([1], i / 30);
  assert.ok(filter.filter([1], 4)[0] > 0.97);
  filter.reset();
  assert.deepEqual(filter.filter([0.3], 4.1), [0.3]);
});

test("a quick move is followed more closely than a slow one", () => {
  const lag = (speed) => {
    const filter = createOneEuro({ minCutoffHz: 1, beta: 2 });
    let out = 0;
    for (let i = 0; i <= 60; i++) out = filter.filter([(speed * i) / 30], i / 30)[0];
    return (2 * speed - out) / speed;
  };
  assert.ok(lag(5) < lag(0.05) / 2);
});

test("ARKit's scores become the 16 weights", () => {
  const weights = fromArkit({ jawOpen: 0.5, mouthPucker: 0.4, browInnerUp: 0.6, browOuterUpLeft: 0.7, eyeBlinkRight: 1.2 });
  const of = (shape) => weights[SHAPES.indexOf(shape)];
  assert.deepEqual([of("jawOpen"), of("lipsPucker"), of("browUpLeft"), of("browUpRight"), of("eyeBlinkRight")], [0.5, 0.4, 0.7, 0.6, 1]);
  assert.equal(readable("browDownLeft"), "Brow down left");
  assert.ok(OTHER_SIDE.every((other, shape) => OTHER_SIDE[other] === shape));
});

test("the neutral face gives no expression, and a full one still gives all of it", () => {
  const resting = SHAPES.map((_, i) => 0.02 * i);
  const calibration = withNeutral({ ...uncalibrated(), gains: SHAPES.map(() => 1) }, [resting, resting, SHAPES.map(() => 1)]);
  assert.deepEqual(calibrated(calibration, resting), SHAPES.map(() => 0));
  assert.ok(calibrated(calibration, SHAPES.map(() => 1)).every((weight) => Math.abs(weight - 1) < 1e-12));
});

test("the mirror swaps sides, gains multiply, and weights stay within 0 and 1", () => {
  const calibration = { neutral: SHAPES.map(() => 0), gains: SHAPES.map(() => 2), mirror: true };
  const read = SHAPES.map((shape) => ({ eyeBlinkLeft: 0.3, jawOpen: 0.8 })[shape] ?? 0);
  const weights = calibrated(calibration, read);
  assert.equal(weights[SHAPES.indexOf("eyeBlinkRight")], 0.6);
  assert.equal(weights[SHAPES.indexOf("eyeBlinkLeft")], 0);
  assert.equal(weights[SHAPES.indexOf("jawOpen")], 1);
});

test("slow frames make the picture coarser, quick ones finer again, one hiccup nothing", () => {
  const quality = createQuality();
  quality.note(400);
  for (let i = 0; i < 20; i++) quality.note(25);
  assert.equal(quality.scale, 1);
  for (let i = 0; i < 100; i++) quality.note(90);
  assert.equal(quality.scale, STEPS.at(-1));
  for (let i = 0; i < 1000; i++) quality.note(8);
  assert.equal(quality.scale, 1);
});
