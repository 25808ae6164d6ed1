// @ts-check
/** What is seen while an avatar is made: the steps with their pictures as they come, and a way to stop. */

import { make } from './elements.js';
import { live } from './live.js';

const STEPS = [['aligned', 'Aligned selfie'], ['primary', 'Primary style'], ['styled', 'Second style']];

export class Making extends HTMLElement {
  #gone = new AbortController();
  #hiding = 0;

  connectedCallback() {
    this.hidden = true;
    const figures = STEPS.map(([stage, title]) =>
      make('figure', { id: `sm-step-${stage}` }, make('div', { className: 'sm-frame' }), make('figcaption', {}, title)));
    this.replaceChildren(
      make('div', { className: 'sm-steps' }, ...figures),
      make('p', { role: 'status', className: 'sm-stage-words' }),
      make('progress', { max: 1, value: 0, 'aria-label': 'Making the avatar' }),
      make('button', { type: 'button', onclick: () => this.#stop() }, 'Cancel'),
    );
    const { signal } = (this.#gone = new AbortController());
    live.on('progress', (told) => this.#progress(told), signal);
    live.on('picture', (told) => this.#picture(told), signal);
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #progress({ stage, words, share }) {
    clearTimeout(this.#hiding);
    if (stage === 'end') {
      // A moment to see the last picture arrive.
      this.#hiding = setTimeout(() => { this.hidden = true; }, 350);
      return;
    }
    if (stage === 'start') this.querySelectorAll('.sm-frame').forEach((frame) => frame.replaceChildren());
    this.hidden = false;
    this.#say(words);
    /** @type {HTMLProgressElement} */ (this.querySelector('progress')).value = share;
  }

  #stop() {
    // The panel's own way, through Gradio, where the line is just being opened anew.
    if (!live.send({ kind: 'stop' })) document.getElementById('sm-cancel')?.click();
    this.#say('Stopping…');
  }

  /** @param {string} words */
  #say(words) {
    const said = /** @type {HTMLElement} */ (this.querySelector('.sm-stage-words'));
    if (said.textContent !== words) said.textContent = words;
  }

  #picture({ stage, version }) {
    const title = STEPS.find(([name]) => name === stage)?.[1] || '';
    this.querySelector(`#sm-step-${stage} .sm-frame`)?.replaceChildren(
      make('img', { src: `${live.base}/making/${stage}.webp?v=${version}`, alt: title }));
  }
}
