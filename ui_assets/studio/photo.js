// @ts-check
/** A file that this browser cannot show, such as an iPhone's HEIC, is told of in words: Snapmoji may well read it. */

const BOXES = '#sm-photo, #sm-reference';

for (const kind of ['load', 'error']) {
  // Neither bubbles.
  document.addEventListener(kind, ({ target }) => {
    if (!(target instanceof HTMLImageElement)) return;
    target.closest(BOXES)?.classList.toggle('sm-unshown', kind === 'error');
  }, { capture: true });
}
