"""Where a connection comes from, and whether it may come in."""

from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.websockets import WebSocket

Guest = TypeVar("Guest", covariant=True)


class House(Protocol[Guest]):
    """Knows everybody by their secrets."""

    def get(self, secret: str | None) -> Guest | None:
        """Who has this secret, or None."""
        ...


def same_origin(browser: HTTPConnection) -> bool:
    """Whether the page that opened this connection came from the host it connects to.

    Browsers let any page open a websocket to any server, or post to it, and only tell where the page came
    from. A client that is no browser sends no origin and is let through: it still needs the secret.
    """
    origin = browser.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == browser.headers.get("host", "").lower()


async def let_in(browser: WebSocket, house: House[Guest], secret: str) -> Guest | None:
    """Who has this secret, if the websocket comes from a page of ours; else it is turned away with 403."""
    guest = house.get(secret) if same_origin(browser) else None
    if guest is None:
        # Closing before accepting makes the handshake fail with 403.
        await browser.close(1008)
    return guest
