// @ts-check
/** Blends, projects and sorts away from the page's own thread. Takes the avatar, then one request at a time. */
import { createFrames } from "./frames.js";

/** @type {ReturnType<typeof createFrames> | null} */
let frame = null;

self.onmessage = ({ data }) => {
  if (data.kind === "avatar") frame = createFrames(data.avatar);
  else if (frame) {
    const made = frame(data.request, data.spare);
    /** @type {any} */ (self).postMessage({ kind: "frame", ...made }, [made.ellipses.buffer]);
  }
};
