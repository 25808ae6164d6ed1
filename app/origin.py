"""Where a connection comes from."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection


def same_origin(browser: HTTPConnection) -> bool:
    """Whether the page that opened this connection came from the host it connects to.

    Browsers let any page open a websocket to any server, or post to it, and only tell where the page came
    from. A client that is no browser sends no origin and is let through: it still needs the secret.
    """
    origin = browser.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == browser.headers.get("host", "").lower()
