"""Saving and opening by a file's suffix."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from core.avatar.model import Avatar
from core.errors import InvalidRequest
from core.formats.bundle import load_bundle, save_bundle

SUFFIXES = (".snapmoji", ".ply")
"""What :func:`export` can write: the animatable bundle, and a still for other splat tools."""


def export(
    avatar: Avatar,
    weights: Float[np.ndarray, " k"],
    path: str | Path,
    meta: Mapping[str, Any] | None = None,
) -> None:
    """Writes the avatar in the format that the suffix of ``path`` names.

    Args:
        avatar: what to write.
        weights: the pose of a still; a bundle holds every expression and does not need it.
        path: ends in one of :data:`SUFFIXES`.
        meta: notes for a bundle; a PLY has no place for them.

    Raises:
        InvalidRequest: if there is no such format.
        ValueError: if the avatar or the weights cannot be stored.
        OSError: if the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".snapmoji":
        save_bundle(avatar, path, meta)
    elif suffix == ".ply":
        # Imported here: gsply brings numba, which opening and saving bundles can do without.
        from core.formats.ply import save_ply

        save_ply(avatar.posed(weights), path)
    else:
        raise InvalidRequest(f"There is no format {suffix or 'without a suffix'}; choose {' or '.join(SUFFIXES)}.")


def load_avatar(path: str | Path) -> Avatar:
    """The animatable avatar in a ``.snapmoji`` file.

    Raises:
        InvalidRequest: if the file is of another kind.
        UnreadableAvatar: if it is absent, damaged, too large, or from a newer version.
    """
    if Path(path).suffix.lower() != ".snapmoji":
        raise InvalidRequest(
            f"{Path(path).name} is not a .snapmoji file, the only kind that holds an animatable avatar."
        )
    return load_bundle(path)[0]
