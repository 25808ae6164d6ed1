"""Errors that a person can act on.

Only these reach a page or a terminal as plain text; everything else is a bug and keeps its traceback.
"""


class UserFacingError(Exception):
    """A problem the user can fix. Its message is one sentence that says what to do."""


class UnreadablePhoto(UserFacingError):
    """The file is not a picture we can decode."""


class NoFaceFound(UserFacingError):
    """No face was found, or it is too small to work from."""


class SeveralFacesFound(UserFacingError):
    """More than one face of similar size: the user has to choose."""


class UnreadableAvatar(UserFacingError):
    """The avatar file is damaged, too large, or from a newer version."""


class MissingWeights(UserFacingError):
    """A file of network weights is absent or does not match its checksum."""


class MissingSystemLibrary(UserFacingError):
    """A library of the operating system is absent."""


class MissingExtra(UserFacingError):
    """A package is absent that only one of the extras in pyproject.toml brings."""


class NotEnoughMemory(UserFacingError):
    """The computer, or its GPU, has too little memory for what was asked."""


class NowhereToWrite(UserFacingError):
    """No folder can be written to, not even that of temporary files."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing can be written on this computer, not even temporary files: make room on its disk, or name "
            "a folder that can be written to in TMPDIR."
        )


class InvalidRequest(UserFacingError):
    """A value or option given by the user cannot be used."""


class Cancelled(UserFacingError):
    """The user stopped the work."""
