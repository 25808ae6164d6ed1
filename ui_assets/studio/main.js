// @ts-check
/** The page's own parts, besides Gradio's. */

import { sketchAgain } from './creations.js';
import { Expressions } from './expressions.js';
import { Farewell } from './farewell.js';
import { Flat } from './flat.js';
import { listen } from './keys.js';
import { live, nextOrder } from './live.js';
import { Making } from './making.js';
import './mend.js';
import './photo.js';
import { followStyle, giveUpRestyle, restyleSoon } from './restyle.js';
import { Results } from './results.js';
import { Side } from './side.js';
import { Timeline } from './timeline.js';
import { signUploads } from './uploads.js';

customElements.define('snapmoji-expressions', Expressions);
customElements.define('snapmoji-farewell', Farewell);
customElements.define('snapmoji-flat', Flat);
customElements.define('snapmoji-making', Making);
customElements.define('snapmoji-results', Results);
customElements.define('snapmoji-timeline', Timeline);
customElements.define('snapmoji-side', Side);

const open = () => live.open(sessionStorage.getItem('snapmoji') || '');
addEventListener('snapmoji-visitor', open);
// A page that was quicker than this file has told it already.
open();
signUploads();
listen();
followStyle();
Object.assign(window, { snapmoji: { live, nextOrder, sketchAgain, restyleSoon, giveUpRestyle } });
