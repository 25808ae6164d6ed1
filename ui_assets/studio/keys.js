// @ts-check
/** The keyboard: what a key does, except while typing. The viewer's frame passes its keys on. */

import { dialog, make } from './elements.js';
import { live } from './live.js';

const HELP = [
  ['1 … 9', 'expressions'], ['N', 'face at rest'], ['R', 'random expression'], ['L', 'both sides together'],
  ['B', 'blink and sway'], ['S', 'save the expression'], ['J', 'expression as text'], ['V', 'front view'],
  ['K', 'add a keyframe'], ['Space', 'play or stop'], ['Ctrl Z', 'undo'], ['Ctrl Shift Z', 'redo'], ['?', 'this list'],
];
const TEXT = 'textarea, select, [contenteditable], input:not([type=range], [type=radio], [type=checkbox], [type=color])';

/** Just after another step the button may still be asleep. */
function press(button, tries = 8) {
  const found = /** @type {HTMLButtonElement | null} */ (document.querySelector(button));
  if (found && !found.disabled) found.click();
  else if (tries) setTimeout(() => press(button, tries - 1), 100);
}

export function showKeys() {
  const rows = HELP.map(([key, words]) => make('div', {}, make('dt', {}, make('kbd', {}, key)), make('dd', {}, words)));
  dialog('Keyboard', make('dl', { className: 'sm-keys' }, ...rows));
}

export function listen() {
  document.addEventListener('keydown', (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.altKey || event.defaultPrevented || target.closest?.(TEXT)) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      press(key === 'y' || event.shiftKey ? '#sm-redo' : '#sm-undo');
      return;
    }
    // A button or a slider that has the focus keeps the keys it knows itself.
    if (document.querySelector('dialog[open]') || (key === ' ' && target.closest?.('button, a, input, summary'))) return;
    if (target.closest?.('[role=tab], .sm-style, [role=radio]') && !/^[nrlbsjv?]$/.test(key)) return;
    const face = /** @type {any} */ (document.querySelector('snapmoji-expressions'));
    const timeline = /** @type {any} */ (document.querySelector('snapmoji-timeline'));
    const actions = {
      n: () => face.reset(), r: () => face.random(), l: () => face.toggleLink(), b: () => face.toggleLife(),
      s: () => face.save(), j: () => face.json(), v: () => live.send({ kind: 'front' }), k: () => timeline.add(),
      ' ': () => timeline.toggle(), '?': showKeys,
    };
    const digit = /^[1-9]$/.test(key) && !target.closest?.('input');
    if (key === '?' ) showKeys();
    else if (!live.state.version) return;
    else if (digit) face.preset(Number(key) - 1);
    else if (key in actions && !event.shiftKey) actions[key]();
    else return;
    event.preventDefault();
  });
}
