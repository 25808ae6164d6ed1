// @ts-check
/** Being moved from outside: by a tracker that the app listens to and has smoothed already. */
import { SHAPES } from "./expressions.js";
import { FACING, fromQuat, multiply } from "./matrices.js";

const QUIET_MS = 2000, AGAIN_MS = 2000, LONGEST = 4096, MOST_TURN_DEG = 60;
const MOVES = "A tracker on the computer that runs the app moves the avatar.";
const QUIET = "Nothing has come from outside for two seconds. Is the tracker running, and does it see a face?";
const GONE = "The app does not answer. It may have been stopped; this page keeps trying.";

/** @typedef {{ weights: number[], turn: import("./matrices.js").Matrix3 | null }} Message `weights` in the order of SHAPES;
 *   `turn` of the head in its own frame, null if the tracker does not say */

/** What a message says; null if it is none. @param {unknown} text @returns {Message | null} */
export function readMessage(text) {
  if (typeof text !== "string" || text.length > LONGEST) return null;
  let said;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  const { weights, posture } = said ?? {};
  if (!Array.isArray(weights) || weights.length !== SHAPES.length || !weights.every(Number.isFinite)) return null;
  const angles = [posture?.yaw_deg, posture?.pitch_deg, posture?.roll_deg];
  return {
    weights: weights.map((weight) => Math.min(Math.max(weight, 0), 1)),
    turn: angles.every(Number.isFinite) ? turnOf(angles) : null,
  };
}

/** Rolled first, then pitched, then turned aside; the signs are those of core/avatar/posture.py. @param {number[]} angles */
function turnOf(angles) {
  const [yaw, pitch, roll] = angles.map((angle) => (Math.min(Math.max(angle, -MOST_TURN_DEG), MOST_TURN_DEG) * Math.PI) / 360);
  const aside = fromQuat([Math.cos(yaw), 0, Math.sin(yaw), 0]), nod = fromQuat([Math.cos(pitch), -Math.sin(pitch), 0, 0]);
  return multiply(aside, multiply(nod, fromQuat([Math.cos(roll), 0, 0, -Math.sin(roll)])));
}

/** @param {{ find: (id: string) => any, address: string | null, touch: () => void }} parts `address` of the websocket; null
 *   if there is nothing to listen to */
export function createOutside({ find, address, touch }) {
  let weights = SHAPES.map(() => 0), turn = multiply(FACING, FACING), wanted = false, moving = false;
  /** @type {WebSocket | null} */
  let socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  find("from-outside").hidden = !address;

  /** @param {string} text @param {boolean} bad */
  function note(text, bad) {
    moving = !bad;
    find("outside-note").textContent = text;
    find("outside-note").classList.toggle("bad", bad);
    touch();
  }
  function wait() {
    clearTimeout(timer);
    timer = setTimeout(note, QUIET_MS, QUIET, true);
  }
  function open() {
    if (!wanted || !address) return;
    const opened = (socket = new WebSocket(address));
    opened.onopen = wait;
    opened.onmessage = ({ data }) => {
      const message = readMessage(data);
      if (!message || opened !== socket) return;
      weights = message.weights;
      turn = message.turn ?? turn;
      if (!moving) note(MOVES, false);
      wait();
      touch();
    };
    opened.onclose = () => {
      if (opened !== socket) return;
      note(GONE, true);
      clearTimeout(timer);
      timer = setTimeout(open, AGAIN_MS);
    };
  }

  return {
    get weights() { return weights; },
    /** Whether something comes. */
    get on() { return moving; },
    /** The rotation of a camera's pose once the head is turned in front of it. @param {import("./matrices.js").Matrix3} rotation */
    turned: (rotation) => multiply(rotation, turn),
    /** Listens from now on, or no longer. @param {boolean} next */
    use(next) {
      if (next === wanted) return;
      wanted = next;
      clearTimeout(timer);
      const before = socket;
      socket = null;
      moving = false;
      before?.close();
      open();
    },
  };
}
