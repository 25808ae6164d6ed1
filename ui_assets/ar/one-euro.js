// @ts-check
/** The 1 Euro filter (Casiez, Roussel, Vogel 2012): steady when still, quick when moving. */

/** A filter of vectors.
 * @param {{ minCutoffHz?: number, beta?: number, speedCutoffHz?: number }} settings how much a still value is smoothed, how
 *   much faster it follows per unit and second of speed, and how much the speed itself is smoothed */
export function createOneEuro({ minCutoffHz = 1.5, beta = 1, speedCutoffHz = 1 } = {}) {
  /** @type {number[] | null} */
  let last = null;
  /** @type {number[]} */
  let speed = [];
  let lastS = 0;

  return {
    /** @param {number[]} values @param {number} timeS @returns {number[]} */
    filter(values, timeS) {
      const step = timeS - lastS;
      if (!last || last.length !== values.length || step > 1) {
        last = [...values];
        speed = values.map(() => 0);
        lastS = timeS;
        return [...last];
      }
      if (step <= 0) return [...last];
      const before = last, ease = easing(speedCutoffHz, step);
      last = values.map((value, i) => {
        speed[i] += ease * ((value - before[i]) / step - speed[i]);
        return before[i] + easing(minCutoffHz + beta * Math.abs(speed[i]), step) * (value - before[i]);
      });
      lastS = timeS;
      return [...last];
    },
    /** Forgets everything, as when the face was lost. */
    reset() { last = null; },
  };
}

/** How far a low pass goes towards a new value. @param {number} cutoffHz @param {number} stepS */
function easing(cutoffHz, stepS) {
  const rate = 2 * Math.PI * cutoffHz * stepS;
  return rate / (rate + 1);
}
