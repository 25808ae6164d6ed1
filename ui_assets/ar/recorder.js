// @ts-check
/** The snapshot and record buttons. */
import { formats, record, save } from "./record.js";

const LONGEST_S = { gif: 12, webm: 300, mp4: 300 };

/** @param {{ find: (id: string) => any, stage: ReturnType<typeof import("./stage.js").createStage>, touch: () => void,
 *   say: (text: string) => void }} parts */
export function wireRecording({ find, stage, touch, say }) {
  const button = find("record"), label = button.querySelector("span"), choice = find("format"), known = formats();
  for (const { name } of known) choice.append(new Option(name));
  /** @type {import("./record.js").Recording | null} */
  let current = null;
  /** @type {[number, number] | null} */
  let size = null;
  let timer = 0, suffix = "";

  async function stop() {
    if (!current) return;
    clearInterval(timer);
    const ending = current;
    [current, size] = [null, null];
    button.setAttribute("aria-pressed", "false");
    label.textContent = "Record";
    choice.disabled = false;
    save(await ending.stop(), `snapmoji.${suffix}`);
    touch();
  }

  function start() {
    const format = known[choice.selectedIndex], since = performance.now();
    // One size from the first frame to the last.
    size = [stage.canvas.width, stage.canvas.height];
    suffix = format.suffix;
    current = record(stage.canvas, format);
    button.setAttribute("aria-pressed", "true");
    choice.disabled = true;
    const show = () => {
      const seconds = Math.floor((performance.now() - since) / 1000);
      label.textContent = `Stop ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= LONGEST_S[/** @type {"gif"} */ (suffix)]) stop();
    };
    show();
    timer = setInterval(show, 250);
    touch();
  }

  button.addEventListener("click", () => {
    try {
      if (current) stop();
      else start();
    } catch (error) {
      say(`Recording did not work: ${/** @type {Error} */ (error).message}`);
    }
  });
  find("snapshot").addEventListener("click", async () => {
    const picture = await stage.snapshot();
    if (picture) save(picture, "snapmoji.png");
  });
  return {
    get on() { return current !== null; },
    get size() { return size; },
    /** Called right after each drawing. @param {number} nowMs */
    drawn(nowMs) { current?.drawn(nowMs); },
  };
}
