"""The page on the local network, over HTTPS: under which names, and what the user is told."""

import contextlib
import io
import socket

import segno

from app.booth import own_address
from app.certificate import Certificate


def own_addresses() -> list[str]:
    """IPv4 addresses under which other devices of the network reach this computer, the likeliest first."""
    found = [own_address() or ""]
    # Some computers have no name that leads to them.
    with contextlib.suppress(OSError):
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [
        address for address in dict.fromkeys(found) if address and not address.startswith(("127.", "0.", "169.254."))
    ]


def lan_names(addresses: list[str]) -> list[str]:
    """All names for the certificate, and to answer to: the network's, and those of this computer itself."""
    return [*addresses, "127.0.0.1", "localhost"]


_EVERYBODY = "Anybody on this network can open the page while it runs, and make an avatar; nobody sees another's."


def announcement(
    addresses: list[str], port: int, certificate: Certificate, path: str = "", who: str = _EVERYBODY
) -> str:
    """What the terminal shows: the address, a QR code of it, what browsers will warn about, and who may come.

    Args:
        addresses: of this computer, the likeliest first.
        port: of the page.
        certificate: what it is served with.
        path: of the page, with the slash before it.
        who: a sentence on who can open the page.
    """
    if not addresses:
        return "This computer seems to be on no network: other devices cannot reach it.\n"
    url = f"https://{addresses[0]}:{port}{path}"
    code = io.StringIO()
    segno.make(url, error="l").terminal(out=code, border=2, compact=True)
    return (
        f"\nFrom other devices of this network: {url}\n\n{code.getvalue()}\n"
        "The browser will warn that the connection is not private: nobody but this computer vouches for its\n"
        "certificate. Choose Advanced or Details, then go on to the page. What travels is encrypted all the same, and\n"
        "phones allow the camera on such pages only. To be sure that it is this computer, compare the certificate's\n"
        f"SHA-256 fingerprint:\n  {certificate.fingerprint}\n"
        f"{who}\n"
    )
