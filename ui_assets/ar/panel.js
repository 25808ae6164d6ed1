// @ts-check
/** The controls that are made from tables: sliders, moods, gains, backgrounds. */
import { MAX_GAIN } from "./calibration.js";
import { GROUPS, POSES, readable, SHAPES, vectorOf } from "./expressions.js";

/** Top and bottom colour, sRGB 0 to 255; none is see-through. @type {Record<string, [number[], number[]] | null>} */
export const BACKGROUNDS = {
  Lavender: [[244, 240, 253], [205, 190, 240]],
  Sky: [[224, 242, 254], [125, 190, 240]],
  Mint: [[232, 250, 240], [140, 210, 180]],
  Peach: [[255, 240, 228], [250, 185, 160]],
  Sunset: [[120, 80, 180], [255, 150, 110]],
  Night: [[16, 18, 40], [60, 50, 110]],
  "Green screen": [[0, 177, 64], [0, 177, 64]],
  "Nothing (see-through)": null,
};
const CHECKS = "repeating-conic-gradient(#ccc 0 25%, #fff 0 50%) 0 0 / 12px 12px";

/** @param {string} html @returns {HTMLElement} */
function element(html) {
  const sheet = document.createElement("template");
  sheet.innerHTML = html;
  return /** @type {HTMLElement} */ (sheet.content.firstElementChild);
}

/** The 16 sliders and the moods. @param {HTMLElement} sliders @param {HTMLElement} moods @param {() => void} moved */
export function addSliders(sliders, moods, moved) {
  /** @type {Record<string, HTMLInputElement>} */
  const inputs = {};
  const show = (/** @type {HTMLInputElement} */ input) => {
    /** @type {HTMLOutputElement} */ (input.nextElementSibling).value = Number(input.value).toFixed(2);
  };
  for (const [title, starts] of Object.entries(GROUPS)) {
    const group = element(`<fieldset><legend>${title}</legend></fieldset>`);
    for (const shape of SHAPES.filter((name) => starts.some((start) => name.startsWith(start)))) {
      const row = element(`<label>${readable(shape)}<input type="range" min="0" max="1" step="0.01" value="0"><output>0.00</output></label>`);
      const input = /** @type {HTMLInputElement} */ (row.querySelector("input"));
      input.dataset.shape = shape;
      input.addEventListener("input", () => {
        show(input);
        moved();
      });
      inputs[shape] = input;
      group.append(row);
    }
    sliders.append(group);
  }
  const set = (/** @type {number[]} */ weights) => {
    SHAPES.forEach((shape, i) => {
      inputs[shape].value = String(weights[i]);
      show(inputs[shape]);
    });
    moved();
  };
  for (const [name, pose] of Object.entries(POSES)) {
    const button = element(`<button type="button">${readable(name)}</button>`);
    button.addEventListener("click", () => set(vectorOf(pose)));
    moods.append(button);
  }
  return { read: () => SHAPES.map((shape) => Number(inputs[shape].value)), set };
}

/** A gain for each movement, both sides at once, with a meter of what the face does.
 * @param {HTMLElement} place @param {number[]} gains @param {(gains: number[]) => void} changed */
export function addGains(place, gains, changed) {
  const current = [...gains];
  /** @type {{ shapes: number[], meter: HTMLMeterElement }[]} */
  const rows = [];
  const stems = [...new Set(SHAPES.map((shape) => (shape.startsWith("jaw") ? shape : shape.replace(/(Left|Right)$/, ""))))];
  for (const stem of stems) {
    const shapes = SHAPES.flatMap((shape, i) => (shape === stem || shape.replace(/(Left|Right)$/, "") === stem ? [i] : []));
    const row = element(
      `<label>${readable(stem)}<input type="range" min="0" max="${MAX_GAIN}" step="0.1" value="${gains[shapes[0]]}">` +
        `<output>${gains[shapes[0]].toFixed(1)}</output><meter min="0" max="1" value="0"></meter></label>`,
    );
    const input = /** @type {HTMLInputElement} */ (row.querySelector("input"));
    input.addEventListener("input", () => {
      for (const shape of shapes) current[shape] = Number(input.value);
      /** @type {HTMLOutputElement} */ (row.querySelector("output")).value = Number(input.value).toFixed(1);
      changed([...current]);
    });
    rows.push({ shapes, meter: /** @type {HTMLMeterElement} */ (row.querySelector("meter")) });
    place.append(row);
  }
  return {
    /** @param {number[]} weights */
    show(weights) {
      for (const { shapes, meter } of rows) meter.value = Math.max(...shapes.map((shape) => weights[shape]));
    },
  };
}

/** @param {HTMLElement} place @param {() => void} changed @returns {() => import("./splats.js").Backdrop} what is chosen */
export function addBackgrounds(place, changed) {
  for (const [name, colors] of Object.entries(BACKGROUNDS)) {
    const css = colors ? `linear-gradient(rgb(${colors[0]}), rgb(${colors[1]}))` : CHECKS;
    const swatch = element(`<label title="${name}"><input type="radio" name="background" value="${name}" aria-label="${name}"><span></span></label>`);
    /** @type {HTMLElement} */ (swatch.querySelector("span")).style.background = css;
    /** @type {HTMLInputElement} */ (swatch.querySelector("input")).checked = place.children.length === 0;
    place.append(swatch);
  }
  place.addEventListener("change", changed);
  return () => {
    const chosen = /** @type {HTMLInputElement} */ (place.querySelector("input:checked"));
    const colors = BACKGROUNDS[chosen.value];
    if (!colors) return { kind: "none" };
    const [top, bottom] = colors.map((color) => color.map((part) => part / 255));
    return { kind: "colors", top, bottom };
  };
}
