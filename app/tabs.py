"""Which browser a tab belongs to."""

import secrets
import threading
from collections import OrderedDict
from http.cookies import CookieError, SimpleCookie

COOKIE = "snapmoji"
"""Name of the cookie that tells browsers apart."""
_COOKIE_BYTES = 24
_MOST = 10_000


class Tabs:
    """Remembers which browser used a tab's name first; nobody else may use it. Thread-safe.

    Gradio names tabs with some fifty bits that are no secret random numbers. Whoever knew the name of
    another's tab could act in it and read its answers, so a name only counts together with the browser's cookie.
    """

    def __init__(self) -> None:
        """No tab is known."""
        self._lock = threading.Lock()
        self._browsers: OrderedDict[str, str] = OrderedDict()

    def belongs(self, tab: str, browser: str) -> bool:
        """Whether the tab is this browser's; a tab that nobody has used yet becomes so.

        Args:
            tab: Gradio's session hash.
            browser: value of its cookie; empty for a client that has none.
        """
        with self._lock:
            owner = self._browsers.setdefault(tab, browser)
            self._browsers.move_to_end(tab)
            if len(self._browsers) > _MOST:
                self._browsers.popitem(last=False)
        return secrets.compare_digest(owner.encode(), browser.encode())


def browser_of(cookies: str) -> str:
    """The value of our cookie in a request's ``Cookie`` header; empty if there is none."""
    try:
        found = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def new_cookie(secure: bool) -> str:
    """A ``Set-Cookie`` header for a browser that has none; gone when the browser is closed."""
    value = secrets.token_urlsafe(_COOKIE_BYTES)
    return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")
