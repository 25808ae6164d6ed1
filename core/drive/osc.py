"""Open Sound Control 1.0, as far as trackers use it: messages and bundles of them."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BYTES = 65_507
"""No UDP packet is larger."""

_BUNDLE = b"#bundle\0"
_DEEPEST = 4
_MOST_MESSAGES, _MOST_ARGUMENTS = 2000, 64
_FIXED = {"i": ">i", "f": ">f", "h": ">q", "d": ">d", "t": ">Q", "c": ">I", "r": ">I", "m": ">I"}
_BARE = {"T": True, "F": False, "N": None, "I": None}

Argument = int | float | str | bytes | bool | None
"""What a message may carry."""


class BadPacket(ValueError):
    """The bytes are not OSC."""


@dataclass(frozen=True)
class Message:
    """An address, such as ``/VMC/Ext/Blend/Val``, and what comes with it."""

    address: str
    arguments: tuple[Argument, ...]


def messages_in(packet: bytes) -> list[Message]:
    """All messages of a packet, those of bundles in their order; when they should count is not heeded.

    Raises:
        BadPacket: if it is not OSC, nests too deeply, or has far too many messages.
    """
    if len(packet) > MAX_BYTES:
        raise BadPacket("the packet is too large")
    found = []
    for message in _walk(packet, 0):
        found.append(message)
        if len(found) > _MOST_MESSAGES:
            raise BadPacket("there are too many messages")
    return found


def _walk(data: bytes, depth: int) -> Iterator[Message]:
    if not data.startswith(_BUNDLE):
        yield _message(data)
        return
    if depth >= _DEEPEST:
        raise BadPacket("bundles are nested too deeply")
    # After the name comes a time tag of eight bytes, then elements, each after its size.
    place = 16
    if len(data) < place:
        raise BadPacket("a bundle is cut off")
    while place < len(data):
        size = _unpacked(">i", data, place)
        place += 4
        if not isinstance(size, int) or size <= 0 or size % 4 or place + size > len(data):
            raise BadPacket("an element of a bundle has a wrong size")
        yield from _walk(data[place : place + size], depth + 1)
        place += size


def _message(data: bytes) -> Message:
    address, place = _string(data, 0)
    if not address.startswith("/"):
        raise BadPacket("an address must begin with a slash")
    if place == len(data):
        return Message(address, ())  # old senders leave the types out where there is nothing
    types, place = _string(data, place)
    if not types.startswith(",") or len(types) > _MOST_ARGUMENTS:
        raise BadPacket("the types of a message are missing, or too many")
    arguments: list[Argument] = []
    for kind in types[1:]:
        if kind in _BARE:
            arguments.append(_BARE[kind])
        elif kind in _FIXED:
            arguments.append(_unpacked(_FIXED[kind], data, place))
            place += struct.calcsize(_FIXED[kind])
        elif kind in "sS":
            text, place = _string(data, place)
            arguments.append(text)
        elif kind == "b":
            blob, place = _blob(data, place)
            arguments.append(blob)
        else:
            raise BadPacket(f"there is no type {kind!r}")
    return Message(address, tuple(arguments))


def _string(data: bytes, place: int) -> tuple[str, int]:
    """Text up to a zero, and where the next field starts: they all start at multiples of four."""
    end = data.find(b"\0", place)
    if end < 0:
        raise BadPacket("a text is cut off")
    try:
        # The specification says ASCII; senders write names in UTF-8.
        text = data[place:end].decode()
    except UnicodeDecodeError as error:
        raise BadPacket("a text is not UTF-8") from error
    following = end + 4 - end % 4
    if following > len(data):
        raise BadPacket("a text is cut off")
    return text, following


def _blob(data: bytes, place: int) -> tuple[bytes, int]:
    size = _unpacked(">i", data, place)
    if not isinstance(size, int) or not 0 <= size <= len(data) - place - 4:
        raise BadPacket("a blob has a wrong size")
    return data[place + 4 : place + 4 + size], place + 4 + size + -size % 4


def _unpacked(form: str, data: bytes, place: int) -> int | float:
    try:
        return struct.unpack_from(form, data, place)[0]
    except struct.error as error:
        raise BadPacket("a number is cut off") from error
