"""All stickers by name."""

from core.errors import InvalidRequest
from core.stickers.merry import MERRY
from core.stickers.moody import MOODY
from core.stickers.pose import Pose

POSES: tuple[Pose, ...] = (*MERRY, *MOODY)
"""In the order of a pack."""


def pose_named(name: str) -> Pose:
    """The pose of that name.

    Raises:
        InvalidRequest: if there is none.
    """
    for pose in POSES:
        if pose.name == name:
            return pose
    raise InvalidRequest(f"There is no sticker called {name!r}; there are {', '.join(pose.name for pose in POSES)}.")
