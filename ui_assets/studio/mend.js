// @ts-check
/** When no face, or more than one, was found: the visitor shows where it is, on the photo itself. */

import { dialog, make } from './elements.js';
import { live, order } from './live.js';

const SMALLEST = 0.06;
const STEP = 0.02;

live.on('mend', ({ why, boxes, version }) => {
  const photo = make('img', { src: `${live.base}/photo.webp?v=${version}`, alt: 'Your photo' });
  const frame = make('div', { className: 'sm-mend' }, photo);
  if (why === 'several') choose(frame, boxes);
  else crop(frame);
});

/** @param {HTMLElement} frame @param {number[][]} boxes  x, y, width and height as shares of the photo, from the left */
function choose(frame, boxes) {
  const buttons = boxes.map((box, number) => {
    const button = make('button', { type: 'button', className: 'sm-mend-face', 'aria-label': `Face ${number + 1} from the left` });
    place(button, box);
    button.onclick = () => {
      order('sm-mend', { face: number });
      shown.close();
    };
    return button;
  });
  frame.append(...buttons);
  const shown = dialog('Which face is it?', make('p', {}, 'The photo shows several. Click the one the avatar is for.'), frame);
  buttons[0]?.focus();
}

/** @param {HTMLElement} frame */
function crop(frame) {
  let square = [0.25, 0.15, 0.5, 0.5];
  let turns = 0;
  const photo = /** @type {HTMLImageElement} */ (frame.firstElementChild);
  const box = make('div', { className: 'sm-mend-crop', tabIndex: 0, role: 'group', 'aria-label': 'Part of the photo to use; arrow keys move it, plus and minus change its size' });
  frame.append(box);
  /** Height over width: a square of pixels has other shares of width than of height. */
  const ratio = () => (photo.naturalWidth || 1) / (photo.naturalHeight || 1);
  const set = (x, y, width) => {
    const w = Math.min(Math.max(width, SMALLEST), 1, 1 / ratio());
    const h = w * ratio();
    square = [Math.min(Math.max(x, 0), 1 - w), Math.min(Math.max(y, 0), 1 - h), w, h];
    place(box, square);
  };
  photo.addEventListener('load', () => set(square[0], square[1], square[2]));
  set(square[0], square[1], square[2]);

  box.addEventListener('pointerdown', (down) => {
    const { width, height } = frame.getBoundingClientRect();
    const [x, y, w] = square;
    const edge = box.getBoundingClientRect();
    const sizing = down.clientX > edge.right - 28 && down.clientY > edge.bottom - 28;
    box.setPointerCapture(down.pointerId);
    box.onpointermove = (move) => {
      const [across, along] = [(move.clientX - down.clientX) / width, (move.clientY - down.clientY) / height];
      if (sizing) set(x, y, w + across);
      else set(x + across, y + along, w);
    };
    box.onpointerup = () => { box.onpointermove = null; };
  });
  box.addEventListener('keydown', (event) => {
    const [x, y, w] = square;
    const steps = {
      ArrowLeft: [x - STEP, y, w], ArrowRight: [x + STEP, y, w], ArrowUp: [x, y - STEP, w], ArrowDown: [x, y + STEP, w],
      '+': [x, y, w + STEP], '-': [x, y, w - STEP],
    };
    if (!(event.key in steps)) return;
    set(...steps[event.key]);
    event.preventDefault();
    event.stopPropagation();
  });
  const turn = make('button', { type: 'button' }, 'Turn');
  turn.onclick = () => {
    turns = (turns + 1) % 4;
    photo.src = `${photo.src.replace(/&turns=\d/, '')}&turns=${turns}`;
  };
  const use = make('button', { type: 'button', className: 'sm-main-button' }, 'Use this part');
  use.onclick = () => {
    order('sm-mend', { crop: square, turns });
    shown.close();
  };
  const words = make('p', {}, 'No face was found. Move the square over the face, drag its corner to size it, and turn the photo if it lies on its side.');
  const shown = dialog('Show where the face is', words, frame, make('div', { className: 'sm-buttons' }, turn, use));
  box.focus();
}

function place(element, [x, y, w, h]) {
  Object.assign(element.style, { left: `${x * 100}%`, top: `${y * 100}%`, width: `${w * 100}%`, height: `${h * 100}%` });
}
