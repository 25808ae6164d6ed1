// @ts-check
/** The camera and the face in it: turning it on and off, reading it, and the controls of both. */
import { openCamera } from "./camera.js";
import { addGains } from "./panel.js";
import { createPuppet } from "./puppet.js";
import { openTracker } from "./tracker.js";

const QUIET = "Your face moves the avatar. The camera's picture never leaves this page.";
const BY_APP = "Your face moves the avatar. The app on your own computer reads it and keeps nothing.";

/** @param {{ find: (id: string) => any, stage: { renderer: { keepPicture: (source: TexImageSource) => void } },
 *   offer: import("./tracker.js").Offer | null, touch: () => void }} parts */
export function createLive({ find, stage, offer, touch }) {
  const video = find("video"), button = find("camera"), puppet = createPuppet();
  /** @type {import("./tracker.js").Tracker | null} */
  let tracker = null;
  /** @type {(() => void) | null} */
  let close = null;
  let reading = false, ar = false, seenS = -1, trackMs = 0, lookedFor = 0;

  const note = (/** @type {string} */ text, bad = false) => {
    find("camera-note").textContent = text;
    find("camera-note").classList.toggle("bad", bad);
  };
  const calm = () => {
    if (!offer || offer.vision) return note(QUIET);
    note(`${BY_APP} To have it read inside this page instead, run: ${offer.command}`);
  };
  const gains = addGains(find("gains"), puppet.calibration.gains, (next) => {
    puppet.calibration = { ...puppet.calibration, gains: next };
  });

  async function turnOn() {
    if (!offer) return;
    button.disabled = true;
    note("Opening the camera…");
    try {
      close = await openCamera(video, () => {
        turnOff();
        note("The camera is gone; plug it in and turn it on again.", true);
      });
      note("Loading the face tracker…");
      tracker ??= await openTracker(offer);
      find("live").hidden = false;
      button.textContent = "Turn the camera off";
      calm();
    } catch (error) {
      turnOff();
      note(/** @type {Error} */ (error).message, true);
    }
    button.disabled = false;
    touch();
  }

  function turnOff() {
    close?.();
    close = null;
    if (tracker?.where === "app") {
      tracker.close();
      tracker = null;
    }
    puppet.reset();
    find("live").hidden = true;
    button.textContent = "Turn the camera on";
    calm();
    touch();
  }

  async function read() {
    if (!tracker) return;
    reading = true;
    const start = performance.now();
    try {
      // The avatar is drawn over the very picture that it was read from, so the two never drift apart.
      if (ar) stage.renderer.keepPicture(video);
      const found = await tracker.detect(video, start);
      if (!close) return;
      puppet.take(found, start / 1000, Number(find("smoothing").value));
      trackMs = performance.now() - start;
      lookedFor = found ? 0 : lookedFor + 1;
      if (lookedFor === 15) note("No face is to be seen: look into the camera, with light on your face.");
      else if (found && find("camera-note").textContent.startsWith("No face")) calm();
      gains.show(puppet.weights);
      touch();
    } catch (error) {
      // Turned off meanwhile, as when the camera is unplugged: why was told already.
      if (!close) return;
      turnOff();
      note(/** @type {Error} */ (error).message, true);
    } finally {
      reading = false;
    }
  }

  button.addEventListener("click", () => (close ? turnOff() : turnOn()));
  find("neutral").addEventListener("click", () => {
    const done = puppet.setNeutral();
    note(done ? "This is now your neutral face." : "No face is to be seen yet.");
    setTimeout(() => close && calm(), 2500);
  });
  const mirror = () => {
    puppet.calibration = { ...puppet.calibration, mirror: find("mirror").checked };
    video.classList.toggle("mirrored", find("mirror").checked);
  };
  find("mirror").addEventListener("change", mirror);
  mirror();
  calm();

  return {
    puppet,
    get on() { return close !== null && puppet.pose !== null; },
    get busy() { return reading; },
    get trackMs() { return close ? trackMs : 0; },
    /** Of the camera's picture in pixels, once there is one. @returns {[number, number] | null} */
    get videoSize() { return close && video.videoWidth ? [video.videoWidth, video.videoHeight] : null; },
    /** @param {boolean} next whether the camera's picture is shown */
    setAr(next) { ar = next; },
    /** Reads the newest picture if there is one. */
    look() {
      if (!close || !tracker || video.currentTime === seenS || !["background", "ar"].includes(document.body.dataset.mode ?? "")) return;
      seenS = video.currentTime;
      read();
    },
  };
}
