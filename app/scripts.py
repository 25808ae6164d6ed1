"""What runs in the browser besides Gradio: a few lines each."""

import json

READ_PAGE = """() => [{dark: document.body.classList.contains('dark'),
                       secret: sessionStorage.getItem('snapmoji') || ''}]"""
"""The page's look, and the visitor's secret if this tab had one before a reload."""

KEEP_SECRET = """(secret) => { sessionStorage.setItem('snapmoji', secret || '');
                       dispatchEvent(new Event('snapmoji-visitor')); }"""

NEXT_ORDER = "() => [null, window.snapmoji.nextOrder()]"
"""What one of the page's own panels wants: it has pressed a hidden button."""

NEXT_LOOK = "() => { window.snapmoji.giveUpRestyle(); return [null, window.snapmoji.nextOrder()]; }"
"""The same, where it sets the style: a restyle that still waits would take it back."""

GIVE_UP_RESTYLE = "() => { window.snapmoji.giveUpRestyle(); return [null]; }"
"""Before undo and its like set the style."""

FLIP_LOOK = """() => { document.body.classList.toggle('dark');
                       return [{dark: document.body.classList.contains('dark'), secret: ''}, null]; }"""

SHOW_VIEWER = """() => { if (window.innerWidth < 860) document.querySelector('#sm-viewer iframe')
                       ?.scrollIntoView({behavior: 'smooth'}); return []; }"""
"""On a phone the viewer is below the panel."""

RESTYLE_SOON = "() => { window.snapmoji.restyleSoon(); }"
"""Live restyling (``ui_assets/studio/restyle.js``), for what the browser does not call an input."""


def says(text: str) -> str:
    """What puts a text into an output at once, without asking the server."""
    return f"() => {json.dumps(text)}"
