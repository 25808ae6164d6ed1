// @ts-check
/** The page's line to the server: one websocket, opened anew when it breaks. Messages become events by their kind. */

const RETRIES_MS = [300, 1000, 2000, 4000, 8000];
const FEWEST_MS_BETWEEN_POSES = 33;

class Line extends EventTarget {
  /** @type {WebSocket | null} */ #socket = null;
  #tries = 0;
  #timer = 0;
  #poseTimer = 0;
  #lastPose = 0;
  /** @type {number[] | null} */ #waiting = null;
  secret = '';
  /** Weights, names, presets and results as the server told them. */
  state = { shapes: [], presets: [], weights: [], version: 0, results: [] };

  get base() {
    return `/viewer/${this.secret}`;
  }

  /** @param {string} secret */
  open(secret) {
    if (!secret || (secret === this.secret && this.#socket && this.#socket.readyState <= 1)) return;
    this.secret = secret;
    this.#tries = 0;
    this.#connect();
  }

  /** The visitor is gone for good. */
  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#poseTimer);
    const socket = this.#socket;
    this.#socket = null;
    this.secret = '';
    socket?.close();
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#socket?.close();
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${this.base}/live`);
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      this.#tries = 0;
      this.#hear(JSON.parse(data));
    };
    socket.onclose = () => {
      if (this.#socket !== socket || this.#tries >= RETRIES_MS.length) return;
      this.#timer = setTimeout(() => this.#connect(), RETRIES_MS[this.#tries++]);
    };
  }

  #hear(message) {
    const { kind, ...rest } = message;
    if (kind === 'state') Object.assign(this.state, rest);
    if (kind === 'pose') this.state.weights = rest.weights;
    if (kind === 'avatar') this.state.version = rest.version;
    if (kind === 'results') this.state.results = rest.results;
    this.dispatchEvent(new CustomEvent(kind, { detail: rest }));
    if (kind === 'state') for (const part of ['pose', 'avatar', 'results']) this.dispatchEvent(new CustomEvent(part, { detail: rest }));
  }

  /** @returns {boolean} whether there was a line to send it on; without one it is lost */
  send(message) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /**
   * Show an expression, here and on the server; of many in a row only the newest is sent.
   * @param {number[]} weights
   */
  pose(weights) {
    this.state.weights = weights;
    this.dispatchEvent(new CustomEvent('pose', { detail: { weights } }));
    this.#waiting = weights;
    if (this.#poseTimer) return;
    const rest = Math.max(0, this.#lastPose + FEWEST_MS_BETWEEN_POSES - performance.now());
    this.#poseTimer = setTimeout(() => {
      this.#poseTimer = 0;
      this.#lastPose = performance.now();
      this.send({ kind: 'pose', weights: this.#waiting });
    }, rest);
  }

  /** Ask for a random expression. A pose not yet sent would arrive after it and undo it; nor is it a step for undo. */
  random() {
    clearTimeout(this.#poseTimer);
    this.#poseTimer = 0;
    clearTimeout(resting);
    this.addEventListener('pose', settle, { once: true });
    this.send({ kind: 'random' });
  }

  /** @param {string} kind @param {(detail: any) => void} work @param {AbortSignal} [signal] */
  on(kind, work, signal) {
    this.addEventListener(kind, (event) => work(/** @type {CustomEvent} */ (event).detail), { signal });
  }
}

export const live = new Line();

/** Orders that change what Gradio's controls show go through a hidden button of its own. */
const orders = [];

/** @param {string} button  id of the hidden button @param {any} order  plain JSON */
export function order(button, order) {
  orders.push(order);
  document.getElementById(button)?.click();
}

/** What the hidden button that was just pressed is to send. */
export const nextOrder = () => orders.shift() ?? null;

/** The expression has come to rest: a step for undo. */
let resting = 0;
export function settle() {
  clearTimeout(resting);
  resting = setTimeout(() => order('sm-posed', { weights: live.state.weights }), 250);
}

/**
 * An address of a picture of the present avatar with an expression.
 * @param {number[]} weights
 */
export function faceAddress(weights, size = 96) {
  const text = weights.map((weight) => Math.round(weight * 100) / 100).join(',');
  return `${live.base}/face.webp?v=${live.state.version}&size=${size}&w=${text}`;
}
