// The reader of ui_assets comes to the same numbers as Python (tests/core/formats/test_golden.py), and refuses damage.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateSync, inflateSync } from "node:zlib";

import { blend, decode } from "../../ui_assets/bundle.js";

const golden = (name) => readFileSync(new URL(`../golden/${name}`, import.meta.url));
const bytes = new Uint8Array(golden("tiny.snapmoji"));
const expected = JSON.parse(golden("tiny.json").toString());

/** The golden file with its header and body changed by `edit`, otherwise well formed. */
function edited(edit) {
  const size = new DataView(bytes.buffer).getUint32(12, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + size)));
  const body = inflateSync(bytes.subarray(16 + size));
  edit(header, body);
  const text = Buffer.from(JSON.stringify(header)), prefix = Buffer.from(bytes.subarray(0, 16));
  prefix.writeUInt32LE(text.length, 12);
  return new Uint8Array(Buffer.concat([prefix, text, deflateSync(body)]));
}

test("decodes the golden file", async () => {
  const avatar = await decode(bytes);
  assert.deepEqual(avatar.shapes, expected.shapes);
  assert.deepEqual(avatar.meta, expected.meta);
  assert.deepEqual([...avatar.labels], expected.labels);
  assert.equal(avatar.offsets.length, 16);
});

test("blends to Python's numbers, and leaves the avatar as it was", async () => {
  const avatar = await decode(bytes), before = avatar.rest.slice();
  for (const { weights, columns } of expected.poses) {
    const posed = blend(avatar, weights);
    columns.flat().forEach((number, i) => {
      const place = `row ${Math.floor(i / 14)} column ${i % 14}`;
      assert.ok(Math.abs(posed[i] - number) < 1e-4, `${place}: ${posed[i]}, not ${number}`);
    });
  }
  assert.deepEqual(avatar.rest, before);
});

test("reads a view into a larger buffer", async () => {
  const larger = new Uint8Array(bytes.length + 7);
  larger.set(bytes, 5);
  assert.equal((await decode(larger.subarray(5, 5 + bytes.length))).labels.length, 48);
});

test("no beginning of a file is accepted", async () => {
  for (let size = 0; size < bytes.length; size += size < 40 ? 1 : 211) {
    await assert.rejects(decode(bytes.slice(0, size)));
  }
  await assert.rejects(decode(bytes.slice(0, -1)));
});

for (const [what, edit] of [
  [/columns/, (header) => (header.columns[0] = "radius")],
  [/too large/, (header) => (header.splats = 1e12)],
  [/too large/, (header) => (header.splats = -1)],
  [/too large/, (header) => header.sets.forEach((set) => (set.splats = 1e9))],
  [/too large/, (header) => header.sets.pop()],
  [/cut short/, (header) => (header.splats = 49)],
  [/longer/, (header) => (header.splats = 47)],
  [/parts/, (header) => (header.parts = ["skin"])],
  [/steps/, (header) => (header.rest.exponents[0] = 21)],
  [/steps/, (header) => (header.sets[3].base = [0])],
  [/impossible/, (header) => (header.rest.exponents[8] = 0)],
  [/do not exist/, (_, body) => body.writeUInt8(255, 48 * 29)],
  [/length zero/, (header, body) => (header.rest.base.fill(0, 10), body.fill(0, 48 + 48 * 20, 48 * 29))],
]) {
  test(`refuses: ${what.source}`, () => assert.rejects(decode(edited(edit)), what));
}

test("refuses other files and versions", async () => {
  await assert.rejects(decode(new Uint8Array(100)), /not a .snapmoji/);
  await assert.rejects(decode(bytes.map((byte, i) => (i === 8 ? 2 : byte))), /version/);
});

/** Small random numbers that are the same every time. */
function* chance(seed) {
  for (let state = seed >>> 0; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** The avatar in these bytes, or the error; either, and within seconds. */
const settled = (data) =>
  Promise.race([
    decode(data).catch((error) => error),
    new Promise((_, fail) => setTimeout(() => fail(new Error("it hangs")), 20000).unref()),
  ]);

test("damage anywhere gives an error or an avatar of finite numbers", async () => {
  const random = chance(1), next = (limit) => Math.floor(random.next().value * limit);
  let refused = 0;
  for (let i = 0; i < 300; i++) {
    const data = bytes.slice(0, next(4) ? bytes.length : next(bytes.length));
    for (let n = 1 + next(6); n > 0 && data.length; n--) data[next(next(2) ? data.length : 400) % data.length] = next(256);
    const avatar = await settled(data);
    if (avatar instanceof Error) refused++;
    else assert.ok(blend(avatar, new Array(avatar.shapes.length).fill(1)).every(Number.isFinite));
  }
  assert.ok(refused > 200);
});

test("damage under the compression gives an error or an avatar of finite numbers", async () => {
  const random = chance(2), next = (limit) => Math.floor(random.next().value * limit);
  for (let i = 0; i < 100; i++) {
    const avatar = await settled(edited((_, body) => { for (let n = 0; n < 5; n++) body[next(body.length)] = next(256); }));
    if (!(avatar instanceof Error)) assert.ok(blend(avatar, new Array(16).fill(1)).every(Number.isFinite));
  }
});

for (const [key, value] of [
  ["splats", null], ["splats", "48"], ["splats", 0.5], ["shapes", null], ["shapes", "smile"], ["sets", {}], ["sets", [null]],
  ["parts", null], ["parts", 7], ["rest", null], ["rest", { exponents: "x", base: 1 }], ["columns", "x"], ["columns", null],
]) {
  test(`refuses a header whose ${key} is ${JSON.stringify(value)}`, async () => {
    assert.ok((await settled(edited((header) => (header[key] = value)))) instanceof Error);
  });
}

test("a body that unpacks to hundreds of megabytes is left when it is longer than told", async () => {
  const size = 16 + new DataView(bytes.buffer).getUint32(12, true), before = process.memoryUsage().rss;
  const bomb = Buffer.concat([bytes.subarray(0, size), deflateSync(Buffer.alloc(3e8), { level: 1 })]);
  assert.match((await settled(new Uint8Array(bomb))).message, /longer/);
  assert.ok(process.memoryUsage().rss - before < 5e8);
});
