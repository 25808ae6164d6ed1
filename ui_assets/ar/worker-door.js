// @ts-check
/** The way to the worker that makes frames; where no worker can be started, the page makes them itself. */
import { createFrames } from "./frames.js";

/** @typedef {{ frame: (request: import("./frames.js").Request, spare: Float32Array | null) =>
 *   Promise<import("./frames.js").Frame> }} Door one request at a time; `spare` is given away */

/** @param {import("../bundle.js").Avatar} avatar @returns {Door} */
export function openDoor(avatar) {
  try {
    return viaWorker(avatar);
  } catch {
    const make = createFrames(avatar);
    return { frame: async (request, spare) => make(request, spare) };
  }
}

/** @param {import("../bundle.js").Avatar} avatar @returns {Door} */
function viaWorker(avatar) {
  const worker = startWorker();
  /** @type {{ resolve: (frame: any) => void, reject: (error: Error) => void } | null} */
  let waiting = null;
  worker.onmessage = ({ data }) => waiting?.resolve(data);
  worker.onerror = () => waiting?.reject(new Error("The worker that poses the avatar stopped."));
  // The page does not need the avatar's numbers again, but a copy is simpler than a handover and costs nothing later.
  worker.postMessage({ kind: "avatar", avatar: { rest: avatar.rest, offsets: avatar.offsets } });
  return {
    frame: (request, spare) => new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      worker.postMessage({ kind: "frame", request, spare }, spare ? [spare.buffer] : []);
    }),
  };
}

/** From a file of its own, or, in a page that is one file, from the text inside it. */
function startWorker() {
  const inside = document.getElementById("worker-inside");
  if (!inside) return new Worker(new URL("./sort-worker.js", import.meta.url), { type: "module" });
  const address = URL.createObjectURL(new Blob([inside.textContent ?? ""], { type: "text/javascript" }));
  // That text imports nothing; a page from the disk may start only such workers.
  return new Worker(address);
}
