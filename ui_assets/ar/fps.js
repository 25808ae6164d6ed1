// @ts-check
/** How many frames were drawn in the last second. */
export function createFps() {
  /** @type {number[]} */
  let times = [];
  return {
    /** @param {number} nowMs */
    count(nowMs) { times.push(nowMs); },
    /** @param {number} nowMs */
    read(nowMs) {
      times = times.filter((time) => nowMs - time < 1000);
      return times.length;
    },
  };
}
