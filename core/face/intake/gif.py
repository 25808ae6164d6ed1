"""A GIF's first picture alone, without its notes: a decoder in Python takes hours over 40 MB of comments."""

from core.face.intake.kinds import unreadable

_HEAD_BYTES = 13
_EXTENSION, _PICTURE, _END = 0x21, 0x2C, 0x3B
_CONTROL = 0xF9
_MAX_BLOCKS = 400_000


def read_gif(data: bytes) -> bytes:
    """The file up to the end of its first picture.

    Raises:
        UnreadablePhoto: if it is cut short, damaged, or of too many blocks.
    """
    at = _HEAD_BYTES + _table_bytes(data[10:11])
    kept, blocks = [data[:at]], 0
    while data[at : at + 1] == bytes([_EXTENSION]):
        end, blocks = _end_of_blocks(data, at + 2, blocks)
        # Only what says which colour is transparent concerns the pixels.
        if data[at + 1] == _CONTROL:
            kept.append(data[at:end])
        at = end
    if data[at : at + 1] != bytes([_PICTURE]):
        raise unreadable()
    # Nine bytes of place and flags, perhaps a table of colours, one byte of the code's width.
    end, _ = _end_of_blocks(data, at + 11 + _table_bytes(data[at + 9 : at + 10]), blocks)
    return b"".join([*kept, data[at:end], bytes([_END])])


def _table_bytes(flags: bytes) -> int:
    """How long the table of colours is that these flags announce."""
    return 3 * (2 << (flags[0] & 7)) if flags and flags[0] & 0x80 else 0


def _end_of_blocks(data: bytes, at: int, blocks: int) -> tuple[int, int]:
    """Where a chain of blocks ends, and how many blocks there were so far."""
    while at < len(data) and blocks < _MAX_BLOCKS:
        if not data[at]:
            return at + 1, blocks
        at += 1 + data[at]
        blocks += 1
    raise unreadable()
