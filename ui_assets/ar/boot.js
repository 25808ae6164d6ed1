// @ts-check
/** What the page needs before it starts: from the app, or from inside the page when it is one file. */
import { decode } from "../bundle.js";

/** @returns {Promise<import("../bundle.js").Avatar>} */
export async function loadAvatar() {
  const inside = document.getElementById("avatar-inside");
  if (inside) return decode(Uint8Array.from(atob((inside.textContent ?? "").trim()), (letter) => letter.charCodeAt(0)));
  const answer = await fetch("avatar.snapmoji", { cache: "no-store" });
  if (!answer.ok) throw new Error("There is no avatar here yet: make one on the main page, then reload this one.");
  return decode(new Uint8Array(await answer.arrayBuffer()));
}

/** The trackers on offer; null in a page that is one file. @returns {Promise<import("./tracker.js").Offer | null>} */
export async function loadOffer() {
  if (document.getElementById("avatar-inside")) return null;
  const answer = await fetch("tracker.json");
  if (!answer.ok) return null;
  const { vision, model, socket, live, command } = await answer.json();
  return { vision, model, socket: socket && socketAt(socket), live: live && socketAt(live), command };
}

/** The websocket at a path of this page's own host. @param {string} path */
function socketAt(path) {
  const address = new URL(path, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  return address.href;
}
