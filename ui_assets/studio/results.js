// @ts-check
/** Every result of this visit: go back to one, compare two, drop one or all. */

import { dialog, make } from './elements.js';
import { live, order } from './live.js';

const SLIDERS = ['strength', 'edges', 'identity'];

export class Results extends HTMLElement {
  #gone = new AbortController();
  /** Names of those that are marked to be compared. @type {string[]} */ #marked = [];

  connectedCallback() {
    const { signal } = (this.#gone = new AbortController());
    live.on('results', () => this.#draw(), signal);
    this.#draw();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  #draw() {
    const results = live.state.results;
    this.#marked = this.#marked.filter((name) => results.some((result) => result.name === name));
    const compare = make('button', { type: 'button', disabled: this.#marked.length !== 2, onclick: () => this.#compare() }, 'Compare two');
    const clear = make('button', { type: 'button', disabled: !results.length, onclick: () => this.#clear() }, 'Delete all');
    const hint = results.length ? 'Click a picture to go back to it. Mark two to compare them.' : 'Every avatar you make is kept here until you leave.';
    this.replaceChildren(
      make('p', { className: 'sm-hint' }, hint),
      make('div', { className: 'sm-buttons' }, compare, clear),
      make('ul', { className: 'sm-results-list' }, ...results.map((result) => this.#item(result))),
    );
  }

  #item(result) {
    const words = describe(result);
    const open = make(
      'button',
      { type: 'button', className: 'sm-result', title: `Restore: ${words}`, onclick: () => order('sm-act', { restore: result.name }) },
      make('img', { src: `${live.base}/result/${result.name}.webp`, alt: words, width: 96, height: 96, loading: 'lazy' }),
      make('b', {}, result.prompt || 'no style'),
      make('small', {}, facts(result)),
    );
    const mark = make('input', { type: 'checkbox', checked: this.#marked.includes(result.name), title: 'Compare', 'aria-label': `Compare ${words}` });
    mark.onchange = () => {
      this.#marked = this.#marked.filter((name) => name !== result.name);
      if (mark.checked) this.#marked = [...this.#marked, result.name].slice(-2);
      this.#draw();
    };
    const drop = make('button', { type: 'button', className: 'sm-drop', title: 'Delete', 'aria-label': `Delete ${words}` }, '×');
    drop.onclick = () => this.#forget(`/${result.name}`);
    return make('li', {}, open, mark, drop);
  }

  #clear() {
    const yes = make('button', { type: 'button', className: 'sm-main-button' }, 'Delete all');
    const box = dialog('Delete every result?', make('p', {}, 'The present avatar stays; the others cannot be brought back.'), yes);
    yes.onclick = () => {
      this.#forget('');
      box.close();
    };
  }

  #forget(which) {
    fetch(`${live.base}/result${which}`, { method: 'DELETE' });
  }

  #compare() {
    const [one, other] = this.#marked.map((name) => live.state.results.find((result) => result.name === name));
    const pictures = [one, other].map((result) =>
      make('img', { src: `${live.base}/result/${result.name}.webp`, alt: describe(result), width: 512, height: 512 }));
    const stage = make('div', { className: 'sm-compare' }, ...pictures);
    const slider = make('input', { type: 'range', min: '0', max: '100', value: '50', 'aria-label': 'How much of the first is seen' });
    const split = () => stage.style.setProperty('--split', `${slider.value}%`);
    slider.oninput = split;
    split();
    const names = make('div', { className: 'sm-compare-names' }, make('span', {}, describe(one)), make('span', {}, describe(other)));
    dialog('Compare', stage, slider, names);
    slider.focus();
  }
}

function describe(result) {
  return `${result.prompt || 'no style'}, ${facts(result, true)}`;
}

/** When it was made and how; of the sliders those that were moved, or every one. */
function facts({ sliders, seed, edited, reference, made_at }, every = false) {
  const parts = [new Date(made_at * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })];
  sliders.forEach((value, i) => {
    if (every || value !== 0.5) parts.push(`${SLIDERS[i]} ${Math.round(value * 100)}`);
  });
  if (seed) parts.push(`seed ${seed}`);
  if (edited) parts.push('edited');
  if (reference) parts.push('with a picture');
  return parts.join(', ');
}
