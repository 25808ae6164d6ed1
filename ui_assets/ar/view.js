// @ts-check
/** The side from which the avatar is seen: drag, two fingers, wheel or keys. */
import { DISTANCE_CM } from "./matrices.js";

const DEG_PER_PX = 0.4, DEG_PER_KEY = 8;
const STEEPEST_DEG = 80, NEAREST_CM = 35, FARTHEST_CM = 220;

/** @param {HTMLElement} place @param {() => boolean} active @param {() => void} changed */
export function createView(place, active, changed) {
  const view = { yaw: 0, pitch: 0, distance: DISTANCE_CM };
  /** @type {Map<number, { x: number, y: number }>} */
  const fingers = new Map();

  const move = (/** @type {number} */ yaw, /** @type {number} */ pitch, zoom = 1) => {
    view.yaw = ((view.yaw + yaw + 540) % 360) - 180;
    view.pitch = Math.min(Math.max(view.pitch + pitch, -STEEPEST_DEG), STEEPEST_DEG);
    view.distance = Math.min(Math.max(view.distance * zoom, NEAREST_CM), FARTHEST_CM);
    changed();
  };
  const front = () => {
    Object.assign(view, { yaw: 0, pitch: 0, distance: DISTANCE_CM });
    changed();
  };

  place.addEventListener("pointerdown", (event) => {
    if (!active()) return;
    place.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  place.addEventListener("pointermove", (event) => {
    const last = fingers.get(event.pointerId);
    if (!last) return;
    const other = [...fingers].find(([finger]) => finger !== event.pointerId)?.[1];
    const next = { x: event.clientX, y: event.clientY };
    if (other) move(0, 0, apart(last, other) / Math.max(apart(next, other), 1));
    else move((last.x - next.x) * DEG_PER_PX, (next.y - last.y) * DEG_PER_PX);
    fingers.set(event.pointerId, next);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    place.addEventListener(end, (event) => fingers.delete(/** @type {PointerEvent} */ (event).pointerId));
  }
  place.addEventListener("wheel", (event) => {
    if (!active()) return;
    event.preventDefault();
    move(0, 0, Math.exp(event.deltaY * 0.001));
  }, { passive: false });
  place.addEventListener("dblclick", () => active() && front());

  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowLeft: () => move(-DEG_PER_KEY, 0),
    ArrowRight: () => move(DEG_PER_KEY, 0),
    ArrowUp: () => move(0, DEG_PER_KEY),
    ArrowDown: () => move(0, -DEG_PER_KEY),
    "+": () => move(0, 0, 0.9),
    "-": () => move(0, 0, 1.1),
    0: front,
  };
  place.addEventListener("keydown", (event) => {
    if (!active() || event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  return view;
}

/** @param {{ x: number, y: number }} a @param {{ x: number, y: number }} b */
const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
