"""What is said when nothing more can be written."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import UserFacingError

NO_ROOM = "There is no room left on this computer's disk; make some and try again. What was there before is kept."
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class DiskFull(UserFacingError):
    """The disk is full, or may not be written to."""


@contextmanager
def told_if_full() -> Iterator[None]:
    """Turns a full disk into a sentence for the visitor; other errors stay what they are.

    Raises:
        DiskFull: if something could not be written because there is no room.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull(NO_ROOM) from error
        raise
