// @ts-check
/** The column beside the viewer: the face, its motion, the results. */

import { make } from './elements.js';
import { showKeys } from './keys.js';

const TABS = [['face', 'Face', 'snapmoji-expressions'], ['motion', 'Motion', 'snapmoji-timeline'], ['results', 'History', 'snapmoji-results']];

export class Side extends HTMLElement {
  connectedCallback() {
    if (this.childElementCount) return;
    const tabs = TABS.map(([name, words]) => make('button', { type: 'button', role: 'tab', id: `sm-tab-${name}`, 'aria-controls': `sm-pane-${name}` }, words));
    const panes = TABS.map(([name, , element]) => make('div', { role: 'tabpanel', id: `sm-pane-${name}`, 'aria-labelledby': `sm-tab-${name}` }, document.createElement(element)));
    const open = (place) => {
      tabs.forEach((tab, i) => {
        tab.setAttribute('aria-selected', String(i === place));
        tab.tabIndex = i === place ? 0 : -1;
        panes[i].hidden = i !== place;
      });
    };
    tabs.forEach((tab, i) => {
      tab.onclick = () => open(i);
      tab.onkeydown = (event) => {
        const next = { ArrowRight: i + 1, ArrowLeft: i - 1 }[event.key];
        if (next === undefined) return;
        const place = (next + tabs.length) % tabs.length;
        open(place);
        tabs[place].focus();
      };
    });
    const help = make('button', { type: 'button', className: 'sm-help', title: 'Keyboard (?)', 'aria-label': 'Keyboard', onclick: showKeys }, '?');
    this.append(make('div', { className: 'sm-side-tabs' }, make('div', { role: 'tablist' }, ...tabs), help), ...panes);
    open(0);
  }
}
