// @ts-check
/**
 * Live restyling: once the visitor's hand has rested, the avatar gets the style that the controls now say.
 *
 * Only what the browser itself calls an input counts. Gradio also tells of values that a tile, the dice or undo set; to ask
 * for those again would take back what the visitor has done since.
 */

const REST_MS = 450;
const CONTROLS = '#sm-prompt, #sm-seed, #sm-sliders, #sm-stylizer';

let resting = 0;

export function restyleSoon() {
  clearTimeout(resting);
  resting = setTimeout(() => document.getElementById('sm-restyle')?.click(), REST_MS);
}

/** Another step is about to set the style. */
export function giveUpRestyle() {
  clearTimeout(resting);
}

export function followStyle() {
  addEventListener('input', ({ target }) => {
    if (target instanceof Element && target.closest(CONTROLS)) restyleSoon();
  });
}
