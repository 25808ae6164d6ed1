// @ts-check
/** Sketches of the Creations tab follow the avatar: those that are in sight are drawn again when it changes. */

import { live } from './live.js';

const REST_MS = 400;
let resting = 0;

function inSight() {
  return [...document.querySelectorAll('.sm-sketch-place')].filter((place) => place.checkVisibility());
}

/** Press the hidden button of every sketch in sight, once the avatar has rested for a moment. */
export function sketchAgain() {
  clearTimeout(resting);
  resting = setTimeout(() => {
    for (const place of inSight()) document.getElementById(`${place.id}-again`)?.click();
  }, REST_MS);
}

live.on('avatar', sketchAgain);
