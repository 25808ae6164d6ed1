// @ts-check
/** Tells the server whose an uploaded file is, so that it lies with the visitor's other files and goes with them. */

const PATIENCE_MS = 10_000;

export function signUploads() {
  const plain = window.fetch;
  window.fetch = async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    if (!isUpload(address)) return plain(input, init);
    const secret = await known();
    const headers = new Headers(init?.headers || (input instanceof Request ? input.headers : undefined));
    if (secret) headers.set('X-Snapmoji-Visitor', secret);
    return plain(input, { ...init, headers });
  };
}

/** @param {string} address */
function isUpload(address) {
  const { origin, pathname } = new URL(address, location.href);
  return origin === location.origin && pathname === '/gradio_api/upload';
}

/** The visitor's secret; a page that has only just opened may still be waiting for it. */
async function known() {
  const end = performance.now() + PATIENCE_MS;
  while (!sessionStorage.getItem('snapmoji') && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return sessionStorage.getItem('snapmoji') || '';
}
