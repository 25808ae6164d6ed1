"""Trackers on the network: packets come in, signals come out."""

import ipaddress
import socket
import time
from collections.abc import Callable, Generator, Iterator
from typing import Protocol, runtime_checkable

from core.drive.signal import Signal
from core.errors import InvalidRequest

_MAX_BYTES = 65_507
_WAIT_S = 0.25
_GREET_EVERY_S = 2.0
_SILENT_S = 3.0


@runtime_checkable
class Receiver(Protocol):
    """Understands the packets of one protocol; never fails, whatever they hold."""

    def take(self, packet: bytes, time_s: float) -> Signal | None:
        """The moment that a packet completes, at the time it came in; None if it completes none."""
        ...


def open_port(port: int, lan: bool) -> socket.socket:
    """A socket for packets: from this computer only, or from the network, too.

    Raises:
        InvalidRequest: if the port is taken, or out of range.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.bind(("0.0.0.0" if lan else "127.0.0.1", port))
    except (OSError, OverflowError) as error:
        opened.close()
        raise InvalidRequest(
            f"UDP port {port} cannot be listened on: {error}; another program may use it, or choose another --port."
        ) from error
    opened.settimeout(_WAIT_S)
    return opened


def signals_from(
    opened: socket.socket,
    receiver: Receiver,
    greet: tuple[bytes, tuple[str, int]] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Generator[Signal | None]:
    """What a tracker sends, for ever; None for packets without a signal, and about four times a second while none come.

    Whoever sends first is listened to, and nobody else until it has been silent for three seconds.

    Args:
        opened: see :func:`open_port`; closed at the end.
        receiver: understands the packets.
        greet: a packet, and the address and port it is sent to every two seconds until something comes from there; then
            only that address is listened to.
        clock: tells seconds; the first signal is at time 0.
    """
    with opened:
        yield from _signals(opened, receiver, greet, clock)


def _signals(
    opened: socket.socket,
    receiver: Receiver,
    greet: tuple[bytes, tuple[str, int]] | None,
    clock: Callable[[], float],
) -> Iterator[Signal | None]:
    start: float | None = None
    sender = greet[1][0] if greet is not None else None
    heard, greeted = -_SILENT_S, -_GREET_EVERY_S
    while True:
        now = clock()
        if greet is not None and now - heard > _GREET_EVERY_S and now - greeted > _GREET_EVERY_S:
            greeted = now
            _send(opened, *greet)
        try:
            packet, (address, *_) = opened.recvfrom(_MAX_BYTES)
        except OSError:
            # Nothing came; or Windows says that nobody took our greeting.
            yield None
            continue
        now = clock()
        if address != sender and (greet is not None or now - heard < _SILENT_S):
            yield None
            continue
        signal = receiver.take(packet, now - (now if start is None else start))
        if signal is None:
            yield None
            continue
        start = now if start is None else start
        sender, heard = address, now
        yield signal


def checked_address(text: str) -> str:
    """An IPv4 address as the user wrote it.

    Raises:
        InvalidRequest: if it is none.
    """
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise InvalidRequest(f"{text!r} is no address; write it as the phone shows it, like 192.168.1.20.") from None


def _send(opened: socket.socket, packet: bytes, target: tuple[str, int]) -> None:
    try:
        opened.sendto(packet, target)
    except OSError as error:
        raise InvalidRequest(f"{target[0]} cannot be reached: {error.strerror}.") from error
