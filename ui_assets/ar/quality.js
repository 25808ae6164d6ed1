// @ts-check
/** Chooses how finely to draw from how long frames take. */

/** Shares of the screen's own resolution. */
export const STEPS = [1, 0.75, 0.5, 0.35, 0.25];
const SLOW_MS = 1000 / 22, QUICK_MS = 1000 / 50;
/** Frames to watch before a change, so that one hiccup does not count; and longer before daring more. */
const PATIENCE = { coarser: 6, finer: 60 };

export function createQuality() {
  let step = 0, slow = 0, quick = 0;

  return {
    get scale() { return STEPS[step]; },
    /** Notes how long a frame took while frames were wanted all the time; whether the scale changed.
     * @param {number} ms */
    note(ms) {
      slow = ms > SLOW_MS ? slow + 1 : 0;
      quick = ms < QUICK_MS ? quick + 1 : 0;
      const before = step;
      if (slow >= PATIENCE.coarser) step = Math.min(step + 1, STEPS.length - 1);
      // Finer means four times the pixels at most: only with room to spare, and not back and forth.
      else if (quick >= PATIENCE.finer) step = Math.max(step - 1, 0);
      if (step !== before) slow = quick = 0;
      return step !== before;
    },
  };
}
