// @ts-check
/** The visitor's camera. Its picture goes into the video element and nowhere else. */

/** Turns the camera on; the function that turns it off again. @param {HTMLVideoElement} video
 * @param {() => void} [gone] called when the camera was unplugged or taken away
 * @returns {Promise<() => void>} */
export async function openCamera(video, gone = () => {}) {
  if (!navigator.mediaDevices) throw new Error("Browsers lend the camera only to pages from this computer or over https.");
  let stream;
  try {
    const wanted = { facingMode: "user", width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch (error) {
    throw new Error(reason(/** @type {Error} */ (error).name));
  }
  for (const track of stream.getTracks()) track.onended = gone;
  video.srcObject = stream;
  await video.play();
  return () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}

/** @param {string} name of what getUserMedia threw */
function reason(name) {
  if (name === "NotAllowedError") return "The camera was not allowed; allow it in the browser's address bar and try again.";
  if (name === "NotFoundError") return "No camera was found.";
  return "The camera could not be opened; another program may be using it.";
}
