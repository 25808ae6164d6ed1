// @ts-check
/** For browsers that cannot draw in 3D: the avatar from the front in place of the viewer, with every expression. */

import { make } from './elements.js';
import { faceAddress, live } from './live.js';

const SIZE_PX = 512;
const REST_MS = 120;
const WORDS = 'This browser cannot draw in 3D (it lacks WebGL 2), so you see your avatar from the front. '
  + 'Expressions, styles and files work all the same; a current Firefox, Chrome, Edge or Safari also turns it.';

/** Whether this browser can draw what the viewer shows. */
export function draws3D() {
  const context = document.createElement('canvas').getContext('webgl2');
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

export class Flat extends HTMLElement {
  #gone = new AbortController();
  #timer = 0;

  connectedCallback() {
    this.hidden = true;
    if (draws3D()) return;
    const picture = make('img', { alt: 'Your avatar from the front', width: SIZE_PX, height: SIZE_PX });
    this.replaceChildren(picture, make('p', { role: 'status' }, WORDS));
    const { signal } = (this.#gone = new AbortController());
    const draw = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        this.hidden = !live.state.version;
        if (!this.hidden) picture.src = faceAddress(live.state.weights, SIZE_PX);
      }, REST_MS);
    };
    live.on('pose', draw, signal);
    live.on('avatar', draw, signal);
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#gone.abort();
  }
}
