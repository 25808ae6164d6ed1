"""Saving and opening by a file's suffix.

The modules of the formats are imported where they are used: gsply brings numba, which opening and saving
bundles can do without.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from core.avatar.model import Avatar
from core.errors import InvalidRequest
from core.formats.bundle import load_bundle, save_bundle
from core.gaussians import Gaussians, from_columns

SUFFIXES = (".snapmoji", ".ply", ".spz", ".splat", ".glb", ".html")
"""What :func:`export` can write: ``.snapmoji``, ``.glb`` and ``.html`` hold every expression, the others one pose."""

_OFFSETS_SUFFIX = ".offsets.ply"


def export(
    avatar: Avatar,
    weights: Float[np.ndarray, " k"],
    path: str | Path,
    meta: Mapping[str, Any] | None = None,
) -> None:
    """Writes the avatar in the format that the suffix of ``path`` names.

    A name that ends in ``.offsets.ply`` gets the companion of the PLY of the rest pose: the 16 sets.

    Args:
        avatar: what to write.
        weights: the pose of a still; the other formats hold every expression and do not need it.
        path: ends in one of :data:`SUFFIXES`.
        meta: notes for a bundle; the other formats have no place for them.

    Raises:
        InvalidRequest: if there is no such format.
        ValueError: if the avatar or the weights cannot be stored.
        OSError: if the file cannot be written.
    """
    suffix = _suffix(path)
    if suffix == ".snapmoji":
        save_bundle(avatar, path, meta)
    elif suffix == ".glb":
        from core.formats.glb import save_glb

        save_glb(avatar, path)
    elif suffix == ".html":
        from core.formats.standalone import save_standalone

        save_standalone(avatar, path)
    elif suffix == _OFFSETS_SUFFIX:
        from core.formats.offsets import save_offsets

        save_offsets(avatar, path)
    elif suffix == ".ply":
        from core.formats.ply import save_ply

        save_ply(avatar.posed(weights), path)
    elif suffix == ".spz":
        from core.formats.spz import save_spz

        save_spz(avatar.posed(weights), path)
    elif suffix == ".splat":
        from core.formats.splat import save_splat

        save_splat(avatar.posed(weights), path)
    else:
        raise InvalidRequest(f"There is no format {suffix or 'without a suffix'}; choose {_choices(SUFFIXES)}.")


def load_avatar(path: str | Path) -> Avatar:
    """The animatable avatar in a ``.snapmoji`` file, or in a ``.glb`` or ``.html`` that :func:`export` wrote.

    Raises:
        InvalidRequest: if the file is of another kind.
        UnreadableAvatar: if it is absent, damaged, too large, or from a newer version.
    """
    return load_with_notes(path)[0]


def load_with_notes(path: str | Path) -> tuple[Avatar, dict[str, Any]]:
    """The animatable avatar in a file of these kinds, and the notes in it; only a ``.snapmoji`` has any.

    Raises:
        InvalidRequest, UnreadableAvatar: as :func:`load_avatar`.
    """
    suffix = _suffix(path)
    if suffix == ".snapmoji":
        return load_bundle(path)
    if suffix == ".glb":
        from core.formats.glb import load_glb

        return load_glb(path), {}
    if suffix == ".html":
        from core.formats.standalone import load_standalone

        return load_standalone(path), {}
    raise InvalidRequest(
        f"{Path(path).name} is neither a .snapmoji file nor a .glb or .html, the kinds that hold an animatable avatar."
    )


def load_gaussians(path: str | Path) -> Gaussians:
    """The splats in a file of any of :data:`SUFFIXES`, from us or from others; at rest, if it holds expressions.

    Lengths are taken as centimetres, in a GLB as metres.

    Raises:
        InvalidRequest: if the file is of another kind.
        UnreadableAvatar: if it is absent, damaged, too large, or from a newer version.
    """
    suffix = _suffix(path)
    if suffix == ".snapmoji":
        return from_columns(load_bundle(path)[0].rest)
    if suffix == ".glb":
        from core.formats.glb import load_glb_still

        return load_glb_still(path)
    if suffix == ".html":
        from core.formats.standalone import load_standalone

        return from_columns(load_standalone(path).rest)
    if suffix == ".ply":
        from core.formats.ply import load_ply

        return load_ply(path)
    if suffix == ".spz":
        from core.formats.spz import load_spz

        return load_spz(path)
    if suffix == ".splat":
        from core.formats.splat import load_splat

        return load_splat(path)
    raise InvalidRequest(f"{Path(path).name} is no file of splats; choose a {_choices(SUFFIXES)} file.")


def _suffix(path: str | Path) -> str:
    """The suffix that names the format, in small letters."""
    name = Path(path).name.lower()
    return _OFFSETS_SUFFIX if name.endswith(_OFFSETS_SUFFIX) else Path(name).suffix


def _choices(suffixes: tuple[str, ...]) -> str:
    return f"{', '.join(suffixes[:-1])} or {suffixes[-1]}"
