// @ts-check
/** Times of a frame's steps on this device: the page with `?bench` at its address. */
import { SHAPES } from "./expressions.js";
import { framed, orbit } from "./matrices.js";
import { openTracker } from "./tracker.js";

const SIZES_PX = [512, 1024], FRAMES = 20, WARM_UP = 3, BUDGET_MS = 8000;

/** @typedef {{ size_px: number, blend_ms: number, sort_ms: number, draw_ms: number }} Row */

/** @param {ReturnType<typeof import("./stage.js").createStage>} stage @param {import("./tracker.js").Offer | null} offer
 * @param {(text: string) => void} say */
export async function runBench(stage, offer, say) {
  say("Measuring…");
  /** @type {Row[]} */
  const rows = [];
  for (const size of SIZES_PX) rows.push(await measure(stage, size));
  const track = await measureTracking(stage, offer);
  const result = { splats: stage.splats, graphics: stage.renderer.device, agent: navigator.userAgent, rows, track_ms: track };
  /** @type {any} */ (window).benchResult = result;
  show(result);
  say("");
}

/** @param {ReturnType<typeof import("./stage.js").createStage>} stage @param {number} size @returns {Promise<Row>} */
async function measure(stage, size) {
  /** @type {import("./stage.js").Times[]} */
  const times = [];
  const end = performance.now() + BUDGET_MS;
  for (let i = 0; i < FRAMES + WARM_UP && (i < WARM_UP + 3 || performance.now() < end); i++) {
    const weights = SHAPES.map((_, shape) => 0.5 + 0.4 * Math.sin(0.3 * i + shape));
    const camera = framed(orbit(20 * Math.sin(0.2 * i), 5), size, size);
    const taken = await stage.measure({ weights, camera, behind: { kind: "none" } });
    if (i >= WARM_UP) times.push(taken);
    await pause();
  }
  return {
    size_px: size,
    blend_ms: middle(times.map((time) => time.blendMs)),
    sort_ms: middle(times.map((time) => time.sortMs)),
    draw_ms: middle(times.map((time) => time.drawMs)),
  };
}

/** On a picture of the avatar itself, so that no camera is needed. @param {any} stage
 * @param {import("./tracker.js").Offer | null} offer */
async function measureTracking(stage, offer) {
  if (!offer) return null;
  const tracker = await openTracker(offer);
  const camera = framed(orbit(), 512, 512), behind = /** @type {const} */ ({ kind: "colors", top: [1, 1, 1], bottom: [1, 1, 1] });
  await stage.measure({ weights: SHAPES.map(() => 0), camera, behind });
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = 512;
  stage.renderer.draw(behind);
  /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d")).drawImage(stage.canvas, 0, 0);
  const times = [];
  for (let i = 0; i < 10; i++) {
    const start = performance.now();
    await tracker.detect(sheet, start);
    if (i > 1) times.push(performance.now() - start);
  }
  tracker.close();
  return { where: tracker.where, median: middle(times) };
}

/** @param {any} result */
function show({ splats, graphics, rows, track_ms: track }) {
  const tracking = track ? `${track.median} (${track.where === "page" ? "in the page" : "by the app"})` : "–";
  const cells = rows.map((/** @type {Row} */ row) =>
    `<tr><th>${row.size_px} × ${row.size_px}</th><td>${row.blend_ms}</td><td>${row.sort_ms}</td><td>${row.draw_ms}</td><td>${tracking}</td></tr>`);
  const place = document.createElement("section");
  place.id = "bench";
  place.innerHTML =
    `<h2></h2><table><thead><tr><th>Picture</th><th>blend, ms</th><th>sort, ms</th><th>draw, ms</th><th>track, ms</th></tr></thead>` +
    `<tbody>${cells.join("")}</tbody></table>`;
  /** @type {HTMLElement} */ (place.querySelector("h2")).textContent = `Medians for ${splats} splats on ${graphics}`;
  document.body.append(place);
}

/** @param {number[]} numbers */
const middle = (numbers) => Math.round(100 * numbers.sort((a, b) => a - b)[numbers.length >> 1]) / 100;
const pause = () => new Promise((resolve) => setTimeout(resolve, 0));
