// @ts-check
/** Reads faces in pictures: in the page with MediaPipe's Face Landmarker if it is installed beside it, else by asking the
 * app over a websocket to the page's own host.
 *
 * @typedef {{ landmarks: ArrayLike<number>, scores: Record<string, number>, width: number, height: number }} Reading
 *   478 times x right, y down, z away from the camera, in pixels of a picture of this size; ARKit's scores
 * @typedef {{ where: "page" | "app", detect: (source: HTMLVideoElement | HTMLCanvasElement, timeMs: number) =>
 *   Promise<Reading | null>, close: () => void }} Tracker null: no face
 * @typedef {{ vision: string | null, model: string, socket: string | null, live: string | null, command: string }} Offer what the
 *   app has: the folder of MediaPipe's files, its model, the address of the app's own tracker, that of what moves the avatar
 *   from outside, and how to install the first */

/** The app gets pictures of this width: the landmarker looks at less. */
const SENT_PX = 320;

/** @param {Offer} offer @returns {Promise<Tracker>} */
export async function openTracker(offer) {
  if (offer.vision) return inPage(offer.vision, offer.model);
  if (offer.socket) return inApp(offer.socket);
  throw new Error("There is no face tracker here.");
}

/** @param {string} folder @param {string} model @returns {Promise<Tracker>} */
async function inPage(folder, model) {
  const { FaceLandmarker, FilesetResolver } = await import(`${folder}/vision_bundle.mjs`);
  const landmarker = await FaceLandmarker.createFromOptions(await FilesetResolver.forVisionTasks(`${folder}/wasm`), {
    // The processor: steady everywhere, and the graphics card is left to the avatar.
    baseOptions: { modelAssetPath: model, delegate: "CPU" },
    runningMode: "VIDEO",
    numFaces: 1,
    outputFaceBlendshapes: true,
  });
  return {
    where: "page",
    async detect(source, timeMs) {
      const { width, height } = sizeOf(source), found = landmarker.detectForVideo(source, timeMs);
      const [points] = found.faceLandmarks, [shapes] = found.faceBlendshapes;
      if (!points || !shapes) return null;
      const landmarks = Float32Array.from(points.flatMap((/** @type {any} */ p) => [p.x * width, p.y * height, p.z * width]));
      const scores = Object.fromEntries(shapes.categories.map((/** @type {any} */ c) => [c.categoryName, c.score]));
      return { landmarks, scores, width, height };
    },
    close: () => landmarker.close(),
  };
}

/** @param {string} address @returns {Promise<Tracker>} */
async function inApp(address) {
  const socket = new WebSocket(address), sheet = document.createElement("canvas");
  const lost = new Error("The app's face tracker went away; turn the camera off and on again.");
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void } | null} */
  let waiting = null;
  socket.onmessage = ({ data }) => waiting?.resolve(JSON.parse(data));
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onclose = () => reject(new Error("The app's face tracker does not answer."));
  });
  socket.onclose = () => waiting?.reject(lost);
  return {
    where: "app",
    async detect(source) {
      if (socket.readyState !== WebSocket.OPEN) throw lost;
      const { width, height } = sizeOf(source), share = Math.min(SENT_PX / width, 1);
      [sheet.width, sheet.height] = [Math.round(width * share), Math.round(height * share)];
      /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d")).drawImage(source, 0, 0, sheet.width, sheet.height);
      const picture = await new Promise((resolve) => sheet.toBlob(resolve, "image/jpeg", 0.85));
      const answer = await new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.send(picture);
      });
      if (!answer.landmarks) return null;
      return { landmarks: answer.landmarks, scores: answer.scores, width: sheet.width, height: sheet.height };
    },
    close: () => socket.close(),
  };
}

/** @param {HTMLVideoElement | HTMLCanvasElement} source */
function sizeOf(source) {
  if (source instanceof HTMLVideoElement) return { width: source.videoWidth, height: source.videoHeight };
  return { width: source.width, height: source.height };
}
