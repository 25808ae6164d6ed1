"""Opens an avatar file in every way the program would, and looks at what comes out."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.avatar.model import Avatar
from core.character.notes import from_notes
from core.formats.export import load_avatar, load_gaussians, load_with_notes
from core.formats.offsets import load_offsets
from core.gaussians import Gaussians


def opened(path: Path, splats: int) -> Iterator[Gaussians | Avatar]:
    """What all readers of this kind of file make of it, one after another, as the program would.

    Args:
        path: of the file.
        splats: of the PLY to which a companion belongs.
    """
    if path.name.endswith(".offsets.ply"):
        shapes, offsets = load_offsets(path, splats)
        rest = np.zeros((splats, 14), np.float32)
        rest[:, -1] = 1
        yield Avatar(rest, offsets, np.zeros(splats, np.uint8), shapes)
        return
    if path.suffix == ".snapmoji":
        avatar, notes = load_with_notes(path)
        if "character" in notes:
            from_notes(notes)
        yield avatar
        return
    yield load_gaussians(path)
    if path.suffix in (".glb", ".html"):
        yield load_avatar(path)


def assert_drawable(read: Gaussians | Avatar) -> None:
    """Everything finite, rotations of length one, no row that does not exist."""
    if isinstance(read, Avatar):
        assert all(len(s.index) == 0 or 0 <= s.index.min() <= s.index.max() < len(read) for s in read.offsets)
        posed = read.posed(np.ones(len(read.shapes)))
        assert np.isfinite(posed.means).all()
        return
    assert len(read) >= 1
    for name in ("means", "quats", "scales", "opacities", "colors"):
        assert np.isfinite(getattr(read, name)).all(), name
    np.testing.assert_allclose(np.linalg.norm(read.quats, axis=1), 1, atol=1e-3)
