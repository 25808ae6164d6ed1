"""The gallery of styles: a picture to click on for each, with a star for favourites."""

import json
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import gradio as gr

from core.media.thumbnails import file_name

if TYPE_CHECKING:
    from core.stylize.recipes import Recipe

NONE = "no style"
"""What the tile of the primary style is called."""
_KEY = "snapmoji-loved"

# All that changes is in `value`, which only the browser writes: the prompt, the visitor's own pictures by file name,
# and the style just chosen. Favourites are in the browser's store alone, so that they outlast the visit.
_MARKUP = """
<div class="sm-gallery" role="group" aria-label="Styles">
${(() => {
  const {prompt = '', pictures = {}, focus} = value || {};
  let loved = [];
  try { loved = JSON.parse(localStorage.getItem('KEY') || '[]'); } catch { /* a browser that keeps nothing */ }
  const words = ` ${prompt.toLowerCase().replace(/[^a-z0-9]+/g, ' ').trim()} `;
  const chosen = ([name]) => name ? words.includes(` ${name} `) : words.trim() === '';
  const order = (style) => style[0] === '' ? 0 : loved.includes(style[0]) ? 1 : 2;
  const styles = STYLES.sort((a, b) => order(a) - order(b));
  const place = Math.max(0, styles.findIndex((s) => s[0] === focus), styles.findIndex(chosen) * (focus == null));
  return styles.map((style, at) => {
    const [name, file, caption] = style, tab = at === place ? 0 : -1, own = pictures[file];
    return `<div class="sm-tile ${chosen(style) ? `sm-chosen` : ``}">
      <button type="button" class="sm-style" data-style="${name}" title="${caption}" tabindex="${tab}"
        aria-pressed="${chosen(style)}">
        <img src="${own || `/styles/${file}.webp`}" width="96" height="96" draggable="false"
          alt="${own ? `Your avatar` : `An example avatar`}${name ? `, ${name}` : ``}">
        <span>${name || `NONE`}</span></button>
      ${name ? `<button type="button" class="sm-star" data-style="${name}" tabindex="${tab}"
        aria-pressed="${loved.includes(name)}" title="Favourite" aria-label="Favourite: ${name}"><svg
        viewBox="0 0 20 20" aria-hidden="true"><path d="M10 1.8l2.5 5.3 5.8.7-4.3 4 1.1 5.8-5.1-2.9-5.1 2.9 1.1-5.8
        -4.3-4 5.8-.7z"/></svg></button>` : ``}</div>`;
  }).join('');
})()}
</div>"""

_BEHAVIOUR = """
const change = (changes) => { props.value = {...(props.value || {}), ...changes}; };
const kept = () => {
  try { return JSON.parse(localStorage.getItem('KEY') || '[]'); } catch { return []; }
};
const at = (selector, name) =>
  [...element.querySelectorAll(selector)].find((button) => button.dataset.style === name);
// The tiles may come in another order now: the keyboard stays with the style.
const soon = (work) => requestAnimationFrame(() => requestAnimationFrame(work));
const refocus = (selector, name) => soon(() => at(selector, name)?.focus());
const toggle = (name) => {
  const loved = kept().includes(name) ? kept().filter((other) => other !== name) : [...kept(), name];
  try { localStorage.setItem('KEY', JSON.stringify(loved)); } catch { /* a browser that keeps nothing */ }
  change({focus: name, stars: loved.length});
};
element.addEventListener('click', (event) => {
  const star = event.target.closest('.sm-star'), tile = event.target.closest('.sm-style');
  if (star) {
    toggle(star.dataset.style);
    refocus('.sm-star', star.dataset.style);
  } else if (tile) {
    change({chosen: tile.dataset.style, prompt: tile.dataset.style, focus: tile.dataset.style});
    trigger('input');
  }
});
element.addEventListener('keydown', (event) => {
  const tile = event.target.closest('.sm-style');
  if (!tile || event.ctrlKey || event.metaKey || event.altKey) return;
  const tiles = [...element.querySelectorAll('.sm-style')], here = tiles.indexOf(tile);
  const inRow = tiles.filter((other) => other.offsetTop === tiles[0].offsetTop
    && other.getBoundingClientRect().top === tiles[0].getBoundingClientRect().top).length;
  const steps = {ArrowRight: here + 1, ArrowLeft: here - 1, ArrowDown: here + inRow, ArrowUp: here - inRow,
                 Home: 0, End: tiles.length - 1};
  if (event.key === 'f') {
    toggle(tile.dataset.style);
    refocus('.sm-style', tile.dataset.style);
  } else if (event.key in steps) {
    const next = tiles[steps[event.key]];
    if (next) { change({focus: next.dataset.style}); refocus('.sm-style', next.dataset.style); }
  } else return;
  event.preventDefault();
});
// A picture may be gone after a restart of the app: the shipped one takes its place, once.
element.addEventListener('error', (event) => {
  const image = event.target;
  if (image.tagName !== 'IMG') return;
  const file = image.src.split('/').pop().split('?')[0], shipped = '/styles/' + file;
  if (!image.src.endsWith(shipped)) image.src = shipped;
}, true);
// On a phone the viewer is out of sight of the gallery: the style sheet keeps a picture at the bottom.
const follow = (seen) =>
  document.querySelector('#sm-main')?.toggleAttribute('data-choosing', seen.at(-1).isIntersecting);
new IntersectionObserver(follow, {rootMargin: '-20% 0px -25% 0px'}).observe(element);
let watched = '';
window.snapmojiGallery = {
  prompt: (prompt) => { if (prompt !== props.value?.prompt) change({prompt: prompt || '', focus: null}); },
  pictures: async (address) => {
    watched = address || '';
    if (!watched) change({pictures: {}});
    let seen = -1;
    while (address && watched === address) {
      const answer = await fetch(address).catch(() => null);
      if (!answer?.ok || watched !== address) return;
      const {version, ready, done} = await answer.json();
      if (ready.length !== seen) {
        const base = address.split('?')[0];
        const fresh = Object.fromEntries(ready.map((file) => [file, `${base}/${file}.webp?v=${version}`]));
        change({pictures: {...(props.value?.pictures || {}), ...fresh}});
      }
      if (done) return;
      seen = ready.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  },
};
"""

FOLLOW_PROMPT = "(prompt) => { window.snapmojiGallery?.prompt(prompt); }"
FOLLOW_PICTURES = "(address) => { window.snapmojiGallery?.pictures(address); }"
CHOSEN = "(value) => value.chosen"
"""The prompt of the tile that was clicked."""


def add_gallery(recipes: "Sequence[Recipe]") -> gr.HTML:
    """A tile for no style and for each of these; sends ``input`` when one is chosen (:data:`CHOSEN`)."""
    rows = [["", file_name(""), "The primary style alone"]]
    rows += [[recipe.name, file_name(recipe.name), recipe.caption] for recipe in recipes]
    # Gradio forgets properties of its own making when it updates a value, so they are written into the markup.
    styles = json.dumps([[escape(text) for text in row] for row in rows])
    markup = _MARKUP.replace("STYLES", styles).replace("NONE", NONE).replace("KEY", _KEY)
    return gr.HTML(
        {},
        html_template=markup,
        js_on_load=_BEHAVIOUR.replace("KEY", _KEY),
        apply_default_css=False,
        elem_id="sm-styles",
    )
