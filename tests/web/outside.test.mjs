// Being moved from outside: what messages say, and what the page tells about them.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { SHAPES } from "../../ui_assets/ar/expressions.js";
import { transform } from "../../ui_assets/ar/matrices.js";
import { createOutside, readMessage } from "../../ui_assets/ar/outside.js";

const some = SHAPES.map((_, i) => i / 20);
const straight = { yaw_deg: 0, pitch_deg: 0, roll_deg: 0 };
const message = (weights, posture = null) => JSON.stringify({ weights, posture });
const near = (a, b) => a.forEach((part, i) => assert.ok(Math.abs(part - b[i]) < 1e-9, `${a}, not ${b}`));

test("weights are read, held to 0 and 1", () => {
  assert.deepEqual(readMessage(message(some)), { weights: some, turn: null });
  assert.deepEqual(readMessage(message(SHAPES.map((_, i) => (i % 2 ? 7 : -7)))).weights, SHAPES.map((_, i) => i % 2));
});

for (const [what, angles, point, expected] of [
  ["to its left", { yaw_deg: 30 }, [0, 0, 1], [0.5, 0, Math.sqrt(0.75)]],
  ["up", { pitch_deg: 30 }, [0, 0, 1], [0, 0.5, Math.sqrt(0.75)]],
  ["towards its left shoulder", { roll_deg: 30 }, [0, 1, 0], [0.5, Math.sqrt(0.75), 0]],
  ["no further than 60 degrees", { yaw_deg: 400 }, [0, 0, 1], [Math.sqrt(0.75), 0, 0.5]],
]) {
  test(`the head turns ${what}`, () => near(transform(readMessage(message(some, { ...straight, ...angles })).turn, point), expected));
}

test("what is no message is none", () => {
  const broken = [
    "", "{", "null", "[]", "7", message(some.slice(1)), message([...some.slice(1), "1"]), message([...some.slice(1), null]),
    message(some) + " ".repeat(5000), new ArrayBuffer(8), undefined,
  ];
  for (const text of broken) assert.equal(readMessage(text), null);
  assert.equal(readMessage(message(some, { ...straight, roll_deg: "5" })).turn, null);
});

/** A websocket that the test speaks through. */
class Socket {
  static all = [];
  constructor(address) {
    this.address = address;
    Socket.all.push(this);
  }
  close() { this.closed = true; }
}

/** @returns the page's elements by id, made when they are first asked for */
function elements() {
  const all = {};
  return (id) => (all[id] ??= { textContent: "", bad: false, classList: { toggle: (_, on) => { all[id].bad = on; } } });
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  Socket.all = [];
  globalThis.WebSocket = Socket;
});
afterEach(() => {
  mock.timers.reset();
  delete globalThis.WebSocket;
});

test("messages move the avatar; after two silent seconds the page says so, until the next one", () => {
  const find = elements();
  let touched = 0;
  const outside = createOutside({ find, address: "ws://here/live", touch: () => touched++ });
  assert.equal(find("from-outside").hidden, false);
  outside.use(true);
  const [socket] = Socket.all;
  assert.equal(socket.address, "ws://here/live");
  socket.onopen();
  socket.onmessage({ data: message(some, { ...straight, yaw_deg: 30 }) });
  assert.deepEqual(outside.weights, some);
  near(transform(outside.turned([1, 0, 0, 0, -1, 0, 0, 0, -1]), [0, 0, 1]), [0.5, 0, -Math.sqrt(0.75)]);
  assert.ok(outside.on && touched > 0 && !find("outside-note").bad);
  mock.timers.tick(1900);
  socket.onmessage({ data: "nonsense" });
  assert.ok(outside.on);
  mock.timers.tick(200);
  assert.ok(!outside.on && find("outside-note").bad);
  assert.match(find("outside-note").textContent, /two seconds/);
  socket.onmessage({ data: message(some) });
  assert.ok(outside.on && !find("outside-note").bad);
});

test("a lost connection is said and tried again, until another source is chosen", () => {
  const find = elements(), outside = createOutside({ find, address: "ws://here/live", touch: () => {} });
  outside.use(true);
  Socket.all[0].onclose();
  assert.match(find("outside-note").textContent, /does not answer/);
  mock.timers.tick(2000);
  assert.equal(Socket.all.length, 2);
  outside.use(false);
  assert.ok(Socket.all[1].closed);
  Socket.all[1].onclose();
  mock.timers.tick(10_000);
  assert.equal(Socket.all.length, 2);
});

test("where nothing moves pages from outside, the choice is hidden", () => {
  const find = elements();
  createOutside({ find, address: null, touch: () => {} });
  assert.equal(find("from-outside").hidden, true);
});
