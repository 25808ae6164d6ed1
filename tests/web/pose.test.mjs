// The page's rules for expressions: the server has the same for films (tests/app/test_motion.py).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromJson, moved, poseAt, readable, toJson, twin } from '../../ui_assets/studio/pose.js';

const SHAPES = ['browUpLeft', 'browUpRight', 'jawOpen', 'jawLeft', 'jawRight'];
const REST = [0, 0, 0, 0, 0];

test('linked sides move together, the jaw never', () => {
  assert.deepEqual(moved(REST, SHAPES, 'browUpRight', 0.5, true), [0.5, 0.5, 0, 0, 0]);
  assert.deepEqual(moved(REST, SHAPES, 'browUpRight', 0.5, false), [0, 0.5, 0, 0, 0]);
  assert.deepEqual(moved(REST, SHAPES, 'jawLeft', 0.5, true), [0, 0, 0, 0.5, 0]);
  assert.equal(twin('jawOpen'), null);
  assert.deepEqual(REST, [0, 0, 0, 0, 0]);
});

test('an expression survives being text, and nonsense is explained', () => {
  const weights = [0, 0.25, 0, 1, 0];
  assert.deepEqual(fromJson(toJson(weights, SHAPES), SHAPES), weights);
  assert.throws(() => fromJson('{"noseWiggle": 1}', SHAPES), /no blendshape called noseWiggle/);
  assert.throws(() => fromJson('{"jawOpen": 2}', SHAPES), /between 0 and 1/);
  assert.throws(() => fromJson('{"jawOpen": "1"}', SHAPES), /between 0 and 1/);
  for (const text of ['', 'jawOpen', '[]', '1', 'null']) assert.throws(() => fromJson(text, SHAPES), /JSON|names/);
});

test('the face is as a keyframe says at its time and eases between', () => {
  const keys = [{ at: 0.5, weights: [0] }, { at: 1.5, weights: [1] }];
  const expected = [[0.5, 0], [1.5, 1], [1.0, 0.5], [0.0, 0.5], [2.5, 0], [0.75, 0.15625]];
  for (const [time, weight] of expected) assert.ok(Math.abs(poseAt(keys, 2, time)[0] - weight) < 1e-9, `at ${time}`);
  const cut = [{ at: 0, weights: [0] }, { at: 1, weights: [0] }, { at: 1, weights: [1] }];
  assert.equal(poseAt(cut, 2, 0.99)[0], 0);
  assert.equal(poseAt(cut, 2, 1)[0], 1);
});

test('names are plain words', () => {
  assert.equal(readable('browDownLeft'), 'Brow down left');
});
