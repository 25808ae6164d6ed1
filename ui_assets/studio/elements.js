// @ts-check
/** Small helpers for building the page's own elements. */

/**
 * An element with properties, attributes (names with a dash, or `role`) and children.
 * @param {string} tag
 * @param {Record<string, any>} [options]
 * @param {...(Node | string)} children
 */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name.includes('-') || name === 'role' || name === 'for' || name === 'list') element.setAttribute(name, String(value));
    else element[name] = value;
  }
  element.append(...children);
  return /** @type {any} */ (element);
}

/** @param {string} path  of an icon 20 units wide, filled */
export function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', path);
  shape.setAttribute('fill-rule', 'evenodd');
  svg.append(shape);
  return svg;
}

/** Something kept in this browser; a browser that keeps nothing gives the default. */
export const kept = {
  /** @template T @param {string} key @param {T} fallback @returns {T} */
  read(key, fallback) {
    try {
      return JSON.parse(localStorage.getItem(`snapmoji-${key}`) || 'null') ?? fallback;
    } catch {
      return fallback;
    }
  },
  /** @param {string} key @param {any} value */
  write(key, value) {
    try {
      localStorage.setItem(`snapmoji-${key}`, JSON.stringify(value));
    } catch {
      // Then it lasts as long as the page.
    }
  },
};

/** @param {string} title @param {...Node} content */
export function dialog(title, ...content) {
  const close = make('button', { type: 'button', className: 'sm-close', title: 'Close', 'aria-label': 'Close' }, '×');
  const box = make('dialog', { className: 'sm-dialog', 'aria-label': title }, make('h2', {}, title), close, ...content);
  close.onclick = () => box.close();
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}
