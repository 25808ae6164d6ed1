// @ts-check
/** The panel of the face: presets with pictures, sixteen sliders, and what can be done with a pose. */

import { dialog, icon, kept, make } from './elements.js';
import { faceAddress, live, settle } from './live.js';
import { fromJson, GROUPS, moved, readable, toJson } from './pose.js';

const PICTURES_REST_MS = 500;
const ICONS = {
  link: 'M8 6H6a4 4 0 0 0 0 8h2v-2H6a2 2 0 0 1 0-4h2zm4 0h2a4 4 0 0 1 0 8h-2v-2h2a2 2 0 0 0 0-4h-2zM7 9h6v2H7z',
  life: 'M10 4C5.5 4 2 8 1 10c1 2 4.500 6 9 6s8-4 9-6c-1-2-4.500-6-9-6zm0 2.500a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7z',
};

export class Expressions extends HTMLElement {
  #sliders = new Map();
  #linked = kept.read('linked', true);
  #lively = kept.read('lively', !matchMedia('(prefers-reduced-motion: reduce)').matches);
  #gone = new AbortController();
  #timer = 0;
  /** @type {{name: string, weights: number[]}[]} */ #own = kept.read('poses', []);

  connectedCallback() {
    this.hidden = true;
    const { signal } = (this.#gone = new AbortController());
    live.on('state', () => this.#build(), signal);
    live.on('pose', ({ weights }) => this.#show(weights), signal);
    live.on('avatar', () => this.#picture(), signal);
    if (live.state.shapes.length) this.#build();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  get linked() {
    return this.#linked;
  }

  /** @param {number[]} weights */
  apply(weights) {
    live.pose(weights);
    settle();
  }

  reset() {
    this.apply(live.state.shapes.map(() => 0));
  }

  random() {
    live.random();
  }

  /** @param {number} place  of the preset, from 0 */
  preset(place) {
    const presets = [...live.state.presets, ...this.#own];
    if (presets[place]) this.apply(presets[place].weights);
  }

  toggleLink() {
    this.#linked = !this.#linked;
    kept.write('linked', this.#linked);
    this.classList.toggle('sm-linked', this.#linked);
    this.querySelector('.sm-link')?.setAttribute('aria-pressed', String(this.#linked));
  }

  toggleLife() {
    this.#lively = !this.#lively;
    kept.write('lively', this.#lively);
    this.querySelector('.sm-life')?.setAttribute('aria-pressed', String(this.#lively));
    live.send({ kind: 'life', on: this.#lively });
  }

  #build() {
    live.send({ kind: 'life', on: this.#lively });
    this.#sliders.clear();
    this.classList.toggle('sm-linked', this.#linked);
    this.replaceChildren(
      make('div', { className: 'sm-presets', role: 'group', 'aria-label': 'Expressions' }),
      make(
        'div',
        { className: 'sm-pose-tools' },
        this.#button('Random', 'A random expression (R)', () => this.random()),
        this.#button('Reset', 'The face at rest (N)', () => this.reset()),
        this.#button('Save', 'Keep this expression among the presets (S)', () => this.save()),
        this.#button('JSON', 'Copy or paste the expression as text (J)', () => this.#json()),
        this.#switch('link', 'Both sides move together (L)', this.#linked, () => this.toggleLink()),
        this.#switch('life', 'Blink and sway by itself (B)', this.#lively, () => this.toggleLife()),
      ),
      make('div', { className: 'sm-sides', 'aria-hidden': 'true' }, make('span'), make('span', {}, 'its right'), make('span', {}, 'its left')),
      make('div', { className: 'sm-shapes' }, ...GROUPS.map(([title, pattern]) => this.#group(title, pattern))),
    );
    this.#show(live.state.weights);
    this.#picture();
  }

  #group(title, pattern) {
    const shapes = live.state.shapes.filter((shape) => pattern.test(shape));
    const rows = [];
    // Right before left: the avatar faces us, so that its right is on our left.
    for (const shape of shapes) {
      if (shape.endsWith('Right') && shapes.includes(shape.replace(/Right$/, 'Left'))) continue;
      const other = shape.endsWith('Left') ? shape.replace(/Left$/, 'Right') : null;
      const words = shape === 'jawLeft' ? 'Jaw to side' : readable(other ? shape.slice(0, -4) : shape);
      const sliders = other ? [this.#slider(other), this.#slider(shape)] : [this.#slider(shape)];
      rows.push(make('div', { className: `sm-shape ${other ? 'sm-pair' : ''} ${shape === 'jawLeft' ? 'sm-apart' : ''}` }, make('span', {}, words), ...sliders));
    }
    return make('fieldset', {}, make('legend', {}, title), ...rows);
  }

  #slider(shape) {
    const slider = make('input', {
      type: 'range', min: '0', max: '1', step: '0.01', value: '0', id: `sm-shape-${shape}`, 'aria-label': readable(shape),
      title: readable(shape),
    });
    slider.addEventListener('input', () => {
      live.pose(moved(live.state.weights, live.state.shapes, shape, Number(slider.value), this.#linked));
    });
    slider.addEventListener('change', settle);
    slider.addEventListener('dblclick', () => {
      this.apply(moved(live.state.weights, live.state.shapes, shape, 0, this.#linked));
    });
    this.#sliders.set(shape, slider);
    return slider;
  }

  /** @param {number[]} weights */
  #show(weights) {
    live.state.shapes.forEach((shape, i) => {
      const slider = this.#sliders.get(shape);
      if (!slider) return;
      if (Math.abs(Number(slider.value) - weights[i]) > 0.004) slider.value = String(weights[i]);
      slider.style.setProperty('--filled', `${Math.round(weights[i] * 100)}%`);
    });
    for (const button of this.querySelectorAll('.sm-preset')) {
      const same = JSON.parse(button.dataset.weights || '[]').every((weight, i) => Math.abs(weight - weights[i]) < 0.006);
      button.setAttribute('aria-pressed', String(same));
    }
  }

  /** Pictures of the present avatar, once it rests: a dragged slider of the style gives many a second. */
  #picture() {
    this.hidden = !live.state.version;
    document.querySelector('#sm-side')?.classList.toggle('sm-with-avatar', !this.hidden);
    if (this.hidden) return;
    clearTimeout(this.#timer);
    const draw = () => this.querySelector('.sm-presets')?.replaceChildren(...this.#presets());
    if (this.querySelector('.sm-preset')) this.#timer = setTimeout(draw, PICTURES_REST_MS);
    else draw();
  }

  #presets() {
    const shipped = live.state.presets.map((preset) => this.#preset(preset, false));
    const buttons = [...shipped, ...this.#own.map((preset) => this.#preset(preset, true))];
    setTimeout(() => this.#show(live.state.weights));
    return buttons;
  }

  #preset({ name, weights }, own) {
    const picture = make('img', { src: faceAddress(weights), alt: '', width: 64, height: 64, draggable: false });
    const button = make(
      'button',
      { type: 'button', className: 'sm-preset', 'aria-pressed': 'false', onclick: () => this.apply(weights) },
      picture,
      make('span', {}, name),
    );
    button.dataset.weights = JSON.stringify(weights);
    if (!own) return make('div', {}, button);
    const drop = make('button', { type: 'button', className: 'sm-drop', title: 'Forget', 'aria-label': `Forget ${name}` }, '×');
    drop.onclick = () => {
      this.#own = this.#own.filter((pose) => pose.name !== name);
      kept.write('poses', this.#own);
      this.#picture();
    };
    return make('div', {}, button, drop);
  }

  save() {
    const taken = new Set(this.#own.map((pose) => pose.name));
    let number = 1;
    while (taken.has(`mine ${number}`)) number += 1;
    const name = make('input', { type: 'text', value: `mine ${number}`, maxLength: 16, id: 'sm-pose-name' });
    const keep = make('button', { type: 'submit', className: 'sm-main-button' }, 'Save');
    const form = make('form', { method: 'dialog' }, make('label', { for: 'sm-pose-name' }, 'Name of this expression'), name, keep);
    const box = dialog('Save the expression', form);
    form.addEventListener('submit', () => {
      const chosen = name.value.trim() || `mine ${number}`;
      this.#own = [...this.#own.filter((pose) => pose.name !== chosen), { name: chosen, weights: [...live.state.weights] }];
      kept.write('poses', this.#own);
      this.querySelector('.sm-presets')?.replaceChildren(...this.#presets());
      box.close();
    });
    name.select();
  }

  #json() {
    const text = make('textarea', { rows: 10, value: toJson(live.state.weights, live.state.shapes), spellcheck: false, 'aria-label': 'Expression as JSON' });
    const said = make('p', { role: 'status', className: 'sm-said' });
    const copy = make('button', { type: 'button' }, 'Copy');
    const use = make('button', { type: 'button', className: 'sm-main-button' }, 'Use this');
    copy.onclick = () => {
      text.select();
      navigator.clipboard?.writeText(text.value).then(() => (said.textContent = 'Copied.'), () => document.execCommand('copy'));
    };
    use.onclick = () => {
      try {
        this.apply(fromJson(text.value, live.state.shapes));
        box.close();
      } catch (error) {
        said.textContent = /** @type {Error} */ (error).message;
      }
    };
    const box = dialog('The expression as text', text, said, make('div', { className: 'sm-buttons' }, copy, use));
  }

  json() {
    this.#json();
  }

  #button(words, title, onclick) {
    return make('button', { type: 'button', title, onclick }, words);
  }

  #switch(name, title, on, onclick) {
    const options = { type: 'button', className: `sm-${name} sm-switch`, title, 'aria-label': title.replace(/ \(.\)$/, ''), 'aria-pressed': String(on), onclick };
    return make('button', options, icon(ICONS[name]));
  }
}

