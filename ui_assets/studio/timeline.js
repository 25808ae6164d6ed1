// @ts-check
/** Expressions one after another: keyframes that play in the viewer and are exported as a film. */

import { kept, make } from './elements.js';
import { faceAddress, live, settle } from './live.js';
import { poseAt } from './pose.js';

const SHORTEST_S = 1;
const LONGEST_S = 20;

export class Timeline extends HTMLElement {
  #gone = new AbortController();
  /** @type {import('./pose.js').Keyframe[]} */ #keys = kept.read('keyframes', []);
  #seconds = kept.read('seconds', 3);
  #chosen = -1;
  #playing = 0;
  #started = 0;
  #pictures = 0;
  /** @type {AbortController | null} */ #export = null;

  connectedCallback() {
    const { signal } = (this.#gone = new AbortController());
    live.on('avatar', () => {
      clearTimeout(this.#pictures);
      this.#pictures = setTimeout(() => this.#draw(), 600);
    }, signal);
    live.on('film', ({ share }) => this.#filmed(share), signal);
    this.#build();
  }

  disconnectedCallback() {
    this.stop();
    this.#gone.abort();
  }

  #build() {
    const seconds = make('input', { type: 'number', min: SHORTEST_S, max: LONGEST_S, step: 0.5, value: this.#seconds, id: 'sm-seconds' });
    seconds.onchange = () => {
      const before = this.#seconds;
      this.#seconds = Math.min(Math.max(Number(seconds.value) || 3, SHORTEST_S), LONGEST_S);
      seconds.value = String(this.#seconds);
      this.#keys = this.#keys.map(({ at, weights }) => ({ at: (at * this.#seconds) / before, weights }));
      this.#draw();
    };
    const format = make('select', { id: 'sm-format', 'aria-label': 'Format of the film' },
      ...[['webp', 'WebP'], ['gif', 'GIF'], ['mp4', 'MP4']].map(([value, words]) => make('option', { value }, words)));
    const size = make('select', { id: 'sm-size', 'aria-label': 'Size of the film' },
      ...['256', '384', '512'].map((value) => make('option', { value, selected: value === '384' }, `${value} px`)));
    this.replaceChildren(
      make('p', { className: 'sm-hint' }, 'Set the face, then add a keyframe. Drag keyframes along the line; the film starts over at its end.'),
      make('div', { className: 'sm-track', role: 'group', 'aria-label': 'Keyframes' }),
      make('div', { className: 'sm-ticks', 'aria-hidden': 'true' }),
      make('div', { className: 'sm-buttons' },
        make('button', { type: 'button', className: 'sm-play', title: 'Play or stop (space)', onclick: () => this.toggle() }, 'Play'),
        make('button', { type: 'button', className: 'sm-add', title: 'Add the present expression (K)', onclick: () => this.add() }, 'Add keyframe'),
        make('button', { type: 'button', className: 'sm-remove', onclick: () => this.remove() }, 'Remove'),
      ),
      make('div', { className: 'sm-film' },
        make('label', { for: 'sm-seconds' }, 'Seconds'), seconds, format, size,
        make('button', { type: 'button', className: 'sm-main-button sm-export', onclick: () => this.export() }, 'Export'),
      ),
      make('p', { className: 'sm-said', role: 'status' }),
    );
    this.#draw();
  }

  #draw() {
    kept.write('keyframes', this.#keys);
    kept.write('seconds', this.#seconds);
    const track = this.querySelector('.sm-track');
    const marks = this.#keys.map((key, i) => this.#mark(key, i));
    track?.replaceChildren(make('div', { className: 'sm-head' }), ...marks);
    const ticks = [0, 0.5, 1].map((share) => make('span', {}, `${Number((share * this.#seconds).toFixed(2))} s`));
    this.querySelector('.sm-ticks')?.replaceChildren(...ticks);
    const few = this.#keys.length < 2;
    for (const name of ['.sm-play', '.sm-export']) /** @type {HTMLButtonElement} */ (this.querySelector(name)).disabled = few;
    /** @type {HTMLButtonElement} */ (this.querySelector('.sm-remove')).disabled = this.#chosen < 0;
  }

  #mark(key, i) {
    const picture = live.state.version ? make('img', { src: faceAddress(key.weights), alt: '', width: 44, height: 44, draggable: false }) : '';
    const mark = make('button', {
      type: 'button', className: 'sm-key', 'aria-pressed': String(i === this.#chosen),
      'aria-label': `Keyframe ${i + 1} at ${key.at.toFixed(1)} seconds`, title: `${key.at.toFixed(1)} s; arrows move it`,
    }, picture);
    mark.style.left = `${(key.at / this.#seconds) * 100}%`;
    const move = (at) => {
      const rest = this.#keys.filter((other) => other !== key);
      const moved = { ...key, at: Math.min(Math.max(at, 0), this.#seconds * 0.98) };
      this.#keys = [...rest, moved].sort((one, other) => one.at - other.at);
      this.#chosen = this.#keys.indexOf(moved);
      this.#draw();
    };
    mark.onclick = () => {
      this.#chosen = i;
      live.pose(key.weights);
      settle();
      this.#draw();
      this.#focus();
    };
    mark.onkeydown = (event) => {
      const step = { ArrowLeft: -0.1, ArrowRight: 0.1 }[event.key];
      if (event.key === 'Delete') this.remove();
      else if (step) {
        move(key.at + step);
        this.#focus();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    };
    mark.onpointerdown = (down) => {
      const track = /** @type {HTMLElement} */ (mark.parentElement).getBoundingClientRect();
      let at = key.at;
      mark.setPointerCapture(down.pointerId);
      mark.onpointermove = (event) => {
        at = Math.min(Math.max(key.at + ((event.clientX - down.clientX) / track.width) * this.#seconds, 0), this.#seconds * 0.98);
        mark.style.left = `${(at / this.#seconds) * 100}%`;
      };
      mark.onpointerup = () => {
        mark.onpointermove = null;
        if (Math.abs(at - key.at) > 0.03) move(at);
      };
    };
    return mark;
  }

  #focus() {
    /** @type {HTMLElement | undefined} */ (this.querySelectorAll('.sm-key')[this.#chosen])?.focus();
  }

  /** The present expression after the last keyframe: evenly, so that the last leads back to the first. */
  add() {
    const weights = [...live.state.weights];
    const count = this.#keys.length;
    const even = this.#keys.every(({ at }, i) => Math.abs(at - (i * this.#seconds) / Math.max(count, 1)) < 0.05);
    const keys = even ? this.#keys.map((key, i) => ({ ...key, at: (i * this.#seconds) / (count + 1) })) : this.#keys;
    const last = keys[keys.length - 1];
    const at = even ? (count * this.#seconds) / (count + 1) : (last.at + this.#seconds) / 2;
    this.#keys = [...keys, { at, weights }];
    this.#chosen = count;
    this.#draw();
  }

  remove() {
    this.#keys = this.#keys.filter((_, i) => i !== this.#chosen);
    this.#chosen = -1;
    if (this.#keys.length < 2) this.stop();
    this.#draw();
  }

  toggle() {
    if (this.#playing) this.stop();
    else this.play();
  }

  play() {
    if (this.#keys.length < 2 || !live.state.version) return;
    this.#started = performance.now();
    const tick = () => {
      const time = ((performance.now() - this.#started) / 1000) % this.#seconds;
      live.pose(poseAt(this.#keys, this.#seconds, time));
      /** @type {HTMLElement} */ (this.querySelector('.sm-head')).style.left = `${(time / this.#seconds) * 100}%`;
      this.#playing = requestAnimationFrame(tick);
    };
    tick();
    /** @type {HTMLElement} */ (this.querySelector('.sm-play')).textContent = 'Stop';
  }

  stop() {
    if (this.#playing) {
      cancelAnimationFrame(this.#playing);
      settle();
    }
    this.#playing = 0;
    const button = this.querySelector('.sm-play');
    if (button) button.textContent = 'Play';
  }

  async export() {
    if (this.#export) {
      this.#export.abort();
      return;
    }
    const button = /** @type {HTMLElement} */ (this.querySelector('.sm-export'));
    const said = /** @type {HTMLElement} */ (this.querySelector('.sm-said'));
    const value = (id) => /** @type {HTMLSelectElement} */ (this.querySelector(id)).value;
    const format = value('#sm-format');
    const film = { keyframes: this.#keys, seconds: this.#seconds, fps: 20, size: Number(value('#sm-size')), format };
    this.#export = new AbortController();
    button.textContent = 'Stop';
    said.textContent = 'Drawing the film.';
    try {
      const answer = await fetch(`${live.base}/film`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(film), signal: this.#export.signal,
      });
      if (!answer.ok) throw new Error((await answer.json()).detail);
      const address = URL.createObjectURL(await answer.blob());
      make('a', { href: address, download: `avatar.${format}` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
      said.textContent = 'The film is in your downloads.';
    } catch (error) {
      said.textContent = this.#export.signal.aborted ? 'Stopped.' : String(/** @type {Error} */ (error).message);
    }
    this.#export = null;
    button.textContent = 'Export';
  }

  #filmed(share) {
    const said = this.querySelector('.sm-said');
    if (said && this.#export) said.textContent = `Drawing the film: ${Math.round(share * 100)} %.`;
  }
}
