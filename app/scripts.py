"""What runs in the browser besides Gradio: a few lines each."""

READ_PAGE = """() => [{dark: document.body.classList.contains('dark'), narrow: window.innerWidth < 640,
                       secret: sessionStorage.getItem('snapmoji') || ''}]"""
"""The page's look, and the visitor's secret if this tab had one before a reload."""

KEEP_SECRET = "(secret) => { sessionStorage.setItem('snapmoji', secret || ''); }"

FLIP_LOOK = """() => { document.body.classList.toggle('dark');
                       return [{dark: document.body.classList.contains('dark'), secret: ''}, null]; }"""

SHOW_VIEWER = """() => { if (window.innerWidth < 860) document.querySelector('#sm-viewer iframe')
                       ?.scrollIntoView({behavior: 'smooth'}); return []; }"""
"""On a phone the viewer is below the panel."""

REST_THEN_RESTYLE = """() => { clearTimeout(window.snapmojiRest); window.snapmojiRest = setTimeout(
                       () => document.querySelector('#sm-restyle')?.click(), 450); }"""
"""Live restyling: once the controls have rested for a moment, press the hidden button."""

LISTEN_FOR_UNDO = """() => {
  if (window.snapmojiKeys) return;
  window.snapmojiKeys = true;
  // Just after another step the button may still be asleep.
  const click = (button, tries) => {
    const found = document.querySelector(button);
    if (found && !found.disabled) found.click();
    else if (tries) setTimeout(() => click(button, tries - 1), 100);
  };
  const press = (event) => {
    const key = event.key.toLowerCase();
    const typing = event.target.closest?.('textarea, [contenteditable], input:not([type=range], [type=radio], ' +
      '[type=checkbox], [type=color])');
    if (!(event.ctrlKey || event.metaKey) || event.altKey || typing || (key !== 'z' && key !== 'y')) return;
    event.preventDefault();
    click(key === 'y' || event.shiftKey ? '#sm-redo' : '#sm-undo', 8);
  };
  document.addEventListener('keydown', press);
  // The viewer is a page of its own, on our own host; its load event does not bubble.
  document.addEventListener('load', (event) => {
    if (event.target.tagName === 'IFRAME') event.target.contentWindow.addEventListener('keydown', press);
  }, true);
}"""
"""Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, except in a field of text, which has an undo of its own."""
