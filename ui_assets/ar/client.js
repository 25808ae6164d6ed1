// @ts-check
/** The page: its modes on one stage, moved by sliders, by a face, or from outside. */
import { runBench } from "./bench.js";
import { loadAvatar, loadOffer } from "./boot.js";
import { SHAPES } from "./expressions.js";
import { createFps } from "./fps.js";
import { focalOf } from "./head-pose.js";
import { createLive } from "./live.js";
import { aimed, framed, HEAD_CENTRE, orbit } from "./matrices.js";
import { createOutside } from "./outside.js";
import { addBackgrounds, addSliders } from "./panel.js";
import { enlarged } from "./puppet.js";
import { createQuality } from "./quality.js";
import { wireRecording } from "./recorder.js";
import { createStage } from "./stage.js";
import { createView } from "./view.js";

const MAX_PIXEL_RATIO = 2, MAX_SIDE_PX = 1600;
/** However slow the device, the shorter side has this many pixels. */
const MIN_SIDE_PX = 240;
/** Between the eyes: there the avatar stays where the visitor's are, however large it is. @type {[number, number, number]} */
const EYES = [0, 1.6, 8];

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const frame = find("picture"), canvas = find("avatar"), fpsNote = find("fps");
const say = (/** @type {string} */ text) => { find("note").textContent = text; };

/** @param {import("../bundle.js").Avatar} avatar @param {import("./tracker.js").Offer | null} offer */
function start(avatar, offer) {
  let mode = "studio", dirty = true, dirtySince = 0, lastDrawn = 0;
  const stage = createStage(canvas, avatar), fps = createFps(), auto = createQuality();
  const touch = () => {
    if (!dirty) dirtySince = performance.now();
    dirty = true;
  };
  const background = addBackgrounds(find("backgrounds"), touch);
  const sliders = addSliders(find("sliders"), find("moods"), touch);
  const view = createView(canvas, () => mode !== "ar", touch);
  const live = createLive({ find, stage, offer, touch });
  const outside = createOutside({ find, address: offer?.live ?? null, touch });
  const recording = wireRecording({ find, stage, touch, say });
  const order = avatar.shapes.map((shape) => SHAPES.indexOf(shape));

  for (const input of document.querySelectorAll("input[name=mode]")) {
    input.addEventListener("change", () => {
      mode = document.body.dataset.mode = /** @type {HTMLInputElement} */ (input).value;
      live.setAr(mode === "ar");
      outside.use(mode === "outside");
      touch();
    });
  }
  for (const id of ["follow", "size", "alone", "quality"]) find(id).addEventListener("input", touch);
  new ResizeObserver(touch).observe(frame);

  /** What is to be seen now. @returns {import("./stage.js").Wish} */
  function wish() {
    const read = mode === "outside" ? outside.weights : mode === "studio" || !live.on ? sliders.read() : live.puppet.weights;
    const weights = order.map((shape) => (shape < 0 ? 0 : read[shape]));
    const [width, height] = recording.size ?? sizeOf(mode === "ar" ? live.videoSize : null);
    if (mode === "ar" && live.puppet.pose && live.videoSize) {
      const pose = enlarged(live.puppet.pose, Number(find("size").value), EYES);
      // Measured in the video's pixels, drawn in the canvas's.
      const focal = (focalOf(...live.videoSize) * width) / live.videoSize[0];
      return { weights, camera: { ...pose, focal, width, height }, behind: behind() };
    }
    const side = orbit(view.yaw, view.pitch), follow = mode === "background" && live.on ? Number(find("follow").value) : 0;
    const turned = mode === "outside" ? outside.turned(side.rotation) : live.puppet.turned(side.rotation, follow);
    const pose = aimed(turned, view.distance, HEAD_CENTRE);
    return { weights, camera: framed(pose, width, height), behind: behind() };
  }

  /** @returns {import("./splats.js").Backdrop} */
  function behind() {
    if (mode !== "ar" || !live.videoSize) return background();
    return find("alone").checked ? { kind: "none" } : { kind: "camera", mirror: live.puppet.calibration.mirror };
  }

  /** Pixels to draw: the frame's, or as large as the video fits into it. @param {[number, number] | null} shape */
  function sizeOf(shape) {
    const chosen = find("quality").value, scale = chosen === "auto" ? auto.scale : Number(chosen);
    const ratio = Math.min(devicePixelRatio, MAX_PIXEL_RATIO) * scale;
    let [width, height] = [frame.clientWidth, frame.clientHeight];
    if (shape) {
      const fit = Math.min(width / shape[0], height / shape[1]);
      [width, height] = [shape[0] * fit, shape[1] * fit];
    }
    const least = Math.min(MIN_SIDE_PX / Math.min(width, height), 1);
    const most = Math.min(Math.max(ratio, least), MAX_SIDE_PX / Math.max(width, height));
    // Even sides, because video encoders want them.
    return [width, height].map((side) => Math.max(2 * Math.round((side * most) / 2), 16));
  }

  /** @param {import("./stage.js").Times} times @param {number} since when there was something new to draw */
  function drawn(times, since) {
    const now = performance.now(), moving = live.on || outside.on || recording.on;
    fps.count(now);
    recording.drawn(now);
    // Reading the face takes as long however coarse the picture is, and a tracker outside sends as often as it likes.
    if (moving && find("quality").value === "auto" && !recording.on) {
      auto.note(mode === "outside" ? now - Math.max(lastDrawn, since) : Math.max(now - lastDrawn - live.trackMs, times.drawMs));
    }
    lastDrawn = now;
    canvas.dataset.frames = String(Number(canvas.dataset.frames ?? 0) + 1);
    fpsNote.value = moving ? `${fps.read(now)} fps · ${canvas.width} × ${canvas.height}` : "";
  }

  function tick() {
    requestAnimationFrame(tick);
    if (stage.busy || live.busy) return;
    live.look();
    if (!dirty && !recording.on) return;
    dirty = false;
    const since = dirtySince;
    stage.ask(wish(), (times) => drawn(times, since), (error) => say(error.message));
  }
  tick();
  say("");
  // Who opens the page of a tracker came for that.
  if (offer?.live) {
    const choice = find("from-outside").querySelector("input");
    choice.checked = true;
    choice.dispatchEvent(new Event("change"));
  }
  return { stage, touch };
}

/** Light or dark: as chosen before, else as the system is. */
function wireLook() {
  const root = document.documentElement;
  try {
    root.dataset.look = localStorage.getItem("snapmoji-look") ?? "";
  } catch { /* A page that is a file may have no storage. */ }
  find("look").addEventListener("click", () => {
    const dark = root.dataset.look ? root.dataset.look === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.look = dark ? "light" : "dark";
    try {
      localStorage.setItem("snapmoji-look", root.dataset.look);
    } catch { /* As above. */ }
  });
}

wireLook();
try {
  const [avatar, offer] = await Promise.all([loadAvatar(), loadOffer()]);
  if (!offer) document.body.dataset.alone = "";
  const page = start(avatar, offer);
  if (new URLSearchParams(location.search).has("bench")) await runBench(page.stage, offer, say);
  page.touch();
  document.body.dataset.ready = "";
} catch (error) {
  say(/** @type {Error} */ (error).message);
}
