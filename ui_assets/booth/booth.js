// @ts-check
/** The booth: welcome, photo, avatar, goodbye. Whoever leaves without a word is followed by a fresh start. */

import { make } from '/studio/elements.js';
import { faceAddress, live } from '/studio/live.js';
import { Making } from '/studio/making.js';

customElements.define('snapmoji-making', Making);

const COUNT_FROM = 3;
const WARNING_S = 10;
const MOODS = ['neutral', 'happy', 'laughing', 'surprised', 'playful', 'kiss', 'angry', 'sleepy'];

/** @param {string} id */
const at = (id) => /** @type {any} */ (document.getElementById(id));
const settings = await (await fetch('/booth/settings.json')).json();
/** @type {MediaStream | null} */
let stream = null;
let chosen = '';
let busy = false;

const go = (step) => { document.body.dataset.step = step; };

async function post(path, body, type = 'application/json') {
  const answer = await fetch(path, { method: 'POST', headers: { 'Content-Type': type }, body });
  const told = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.detail || 'That did not work; please try again.');
  return told;
}

/* Welcome */
const parade = ['plastic_toy', 'watercolour', 'robot', 'elf', 'gold', 'superhero'];
at('parade').append(...parade.map((name) => make('img', { src: `/styles/${name}.webp`, alt: '' })));
at('begin').onclick = async () => {
  document.documentElement.requestFullscreen?.().catch(() => {});
  try {
    const { secret } = await post('/booth/visitor', '{}');
    live.open(secret);
    await camera();
  } catch (error) {
    say(error);
  }
};

/* Photo */
async function camera() {
  go('camera');
  at('camera-words').textContent = 'Put your face into the oval.';
  at('shoot').disabled = true;
  try {
    stream ??= await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 1280 }, facingMode: 'user' } });
    at('video').srcObject = stream;
    // A camera that is unplugged tells nobody else.
    stream.getVideoTracks()[0].onended = unplugged;
    at('shoot').disabled = false;
    at('shoot').focus();
  } catch {
    at('camera-words').textContent = 'There is no camera here, or it may not be used. Choose a picture instead.';
  }
}

function unplugged() {
  darken();
  at('shoot').disabled = true;
  at('camera-words').textContent = 'The camera is gone. Plug it in and press Back, or choose a picture instead.';
}

function darken() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
}

at('shoot').onclick = async () => {
  at('shoot').disabled = true;
  for (let left = COUNT_FROM; left > 0; left -= 1) {
    at('count').textContent = String(left);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (document.body.dataset.step !== 'camera' || !stream) return void (at('count').textContent = '');
  }
  at('count').textContent = '';
  at('count').classList.add('flash');
  setTimeout(() => at('count').classList.remove('flash'), 500);
  const video = at('video');
  const side = Math.min(video.videoWidth, video.videoHeight);
  const canvas = make('canvas', { width: side, height: side });
  canvas.getContext('2d').drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, side, side);
  canvas.toBlob(makeAvatar, 'image/jpeg', 0.95);
};

at('pick').onchange = () => {
  const file = at('pick').files[0];
  at('pick').value = '';
  if (file) makeAvatar(file);
};

/** @param {Blob} photo */
async function makeAvatar(photo) {
  go('working');
  darken();
  busy = true;
  try {
    await post(`${live.base}/make`, photo, photo.type || 'image/jpeg');
    chosen = '';
    present();
  } catch (error) {
    await camera();
    say(error);
  } finally {
    busy = false;
    rouse();
  }
}

/* Avatar */
function present() {
  at('viewer').src = `${live.base}/?hideViserLogo`;
  live.send({ kind: 'life', on: !matchMedia('(prefers-reduced-motion: reduce)').matches });
  moods();
  styles();
  go('show');
}

function moods() {
  const presets = MOODS.map((name) => live.state.presets.find((preset) => preset.name === name)).filter(Boolean);
  at('moods').replaceChildren(...presets.map((preset) => {
    const button = make('button', { type: 'button', 'aria-pressed': 'false' }, make('img', { src: faceAddress(preset.weights, 128), alt: '' }), preset.name);
    button.onclick = () => live.pose(preset.weights);
    button.dataset.weights = JSON.stringify(preset.weights);
    return button;
  }));
}

live.on('pose', ({ weights }) => {
  for (const button of at('moods').children) button.setAttribute('aria-pressed', String(button.dataset.weights === JSON.stringify(weights)));
});
live.on('avatar', () => { if (document.body.dataset.step === 'show') moods(); });

function styles() {
  const rows = [['', 'As you are'], ...settings.styles];
  at('styles').replaceChildren(...rows.map(([name, caption]) => {
    const file = name.replaceAll(' ', '_') || 'none';
    const button = make('button', { type: 'button', title: caption, 'aria-pressed': String(name === chosen) }, make('img', { src: `/styles/${file}.webp`, alt: '', loading: 'lazy' }), name || 'as you are');
    button.dataset.file = file;
    button.onclick = async () => {
      chosen = name;
      for (const other of at('styles').children) other.setAttribute('aria-pressed', String(other === button));
      await post(`${live.base}/restyle`, JSON.stringify({ prompt: name })).catch(say);
    };
    return button;
  }));
  ownStyles(live.secret);
}

/** The visitor's own avatar in every style, as the pictures come. */
async function ownStyles(secret) {
  for (let tries = 0; tries < 200 && secret === live.secret; tries += 1) {
    const answer = await fetch(`/viewer/${secret}/styles`).catch(() => null);
    if (!answer?.ok) return;
    const { version, ready, done } = await answer.json();
    for (const button of at('styles').children) {
      const file = button.dataset.file;
      const own = `/viewer/${secret}/styles/${file}.webp?v=${version}`;
      if (ready.includes(file) && !button.firstElementChild.src.endsWith(own)) button.firstElementChild.src = own;
    }
    if (done) return;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

at('again').onclick = camera;
at('take').onclick = async () => {
  at('code').replaceChildren();
  at('home-words').textContent = 'One moment: packing.';
  at('home').showModal();
  try {
    const { address, code, minutes } = await post(`${live.base}/share`, '{}');
    at('code').innerHTML = code;
    at('home-words').textContent = `Point your phone's camera at the code. Phone and booth must be on the same network. Good for ${minutes} minutes: ${address}`;
  } catch (error) {
    at('home-words').textContent = error.message;
  }
};
at('close-home').onclick = () => at('home').close();

/* Goodbye */
for (const button of document.querySelectorAll('.leave')) /** @type {HTMLElement} */ (button).onclick = leave;

function leave() {
  if (live.secret) fetch(`${live.base}/goodbye`, { method: 'POST', keepalive: true });
  location.reload();
}

/** @param {any} error */
function say(error) {
  at('camera-words').textContent = error.message;
}

/* Nobody there */
let touched = performance.now();
function rouse() {
  touched = performance.now();
  if (at('idle').open) at('idle').close();
}
for (const event of ['pointerdown', 'pointermove', 'keydown', 'wheel']) addEventListener(event, rouse);
// The viewer is a page of its own, on our own host.
at('viewer').addEventListener('load', () => {
  for (const event of ['pointerdown', 'pointermove', 'wheel']) at('viewer').contentWindow.addEventListener(event, rouse);
});
at('stay').onclick = rouse;
setInterval(() => {
  if (document.body.dataset.step === 'welcome' || busy) return rouse();
  const left = Math.ceil(settings.idle_s - (performance.now() - touched) / 1000);
  if (left <= 0) return leave();
  if (left <= Math.min(WARNING_S, settings.idle_s / 2)) {
    at('idle-words').textContent = `Starting over in ${left} s.`;
    if (!at('idle').open) at('idle').showModal();
  }
}, 500);

// A tap before everything is wired would be lost.
at('begin').disabled = false;
