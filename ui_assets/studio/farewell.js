// @ts-check
/** "Delete my data": a visitor's photo, avatar and all that was made of them, here and on the server, at once. */

import { dialog, make } from './elements.js';
import { live } from './live.js';

const MINE = /^snapmoji/;

export class Farewell extends HTMLElement {
  connectedCallback() {
    const title = 'Delete my photo, my avatar and everything made of them';
    this.replaceChildren(make('button', { type: 'button', title, onclick: ask }, 'Delete my data'));
  }
}

function ask() {
  const remove = make('button', { type: 'button', className: 'sm-delete' }, 'Delete now');
  const keep = make('button', { type: 'button' }, 'Keep it');
  const said = make('p', { role: 'status' },
    'Your photo, your avatar, its history and what you made of it will be deleted from the computer that runs Snapmoji, and favourites and saved expressions from this browser. Files that you have taken home stay yours. There is no way back.');
  const row = make('div', { className: 'sm-buttons' }, remove, keep);
  const box = dialog('Delete my data', said, row);
  keep.onclick = () => box.close();
  keep.focus();
  remove.onclick = async () => {
    remove.disabled = keep.disabled = true;
    if (!(await isDeleted())) {
      said.textContent = 'That did not work: the app does not answer. If it was stopped, everything is deleted already.';
      remove.disabled = keep.disabled = false;
      return;
    }
    live.close();
    for (const store of [sessionStorage, localStorage]) {
      for (const key of Object.keys(store)) if (MINE.test(key)) store.removeItem(key);
    }
    said.textContent = 'Everything of yours has been deleted.';
    const again = make('button', { type: 'button', onclick: () => location.reload() }, 'Start over');
    row.replaceChildren(again);
    again.focus();
    box.addEventListener('close', () => location.reload());
  };
}

/** Whether the server has nothing of this visitor any more. */
async function isDeleted() {
  if (!live.secret) return true;
  const answer = await fetch(`${live.base}/goodbye`, { method: 'POST' }).catch(() => null);
  return answer !== null && (answer.ok || answer.status === 404);
}
