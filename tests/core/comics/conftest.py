"""Two people, and faces and balloons of a panel as masks of pixels."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from core.avatar.model import PARTS, Avatar
from core.comics.balloons import Placed, draw_balloon
from core.comics.players import FACE_PARTS, Standing
from core.pipeline import Creation, Settings, Studio
from core.render.splats import render
from tests.conftest import EXAMPLES


@pytest.fixture(scope="session")
def people(studio: Studio, creation: Creation) -> list[Avatar]:
    """One with short hair, one with glasses."""
    return [creation.avatar, studio.create(EXAMPLES["glasses"].read_bytes(), Settings()).avatar]


def face_box(standing: Standing, avatar: Avatar, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the face that shows, found on a picture as large as the panel."""
    player = standing.player
    labels = avatar.labels[~np.isin(avatar.labels, [PARTS.index(part) for part in player.pose.hides])]
    face = np.isin(labels, [PARTS.index(part) for part in FACE_PARTS])
    colors = np.repeat(face[:, None], 3, 1).astype(np.float32)
    seen = render(replace(player.staged.gaussians, colors=colors), standing.camera(width, height)).color[..., 0] > 0.5
    rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def covered(balloons: Sequence[Placed], width: int, height: int) -> np.ndarray:
    """What balloons cover, with tails, trails and ink; their soft shadows do not count."""
    canvas = np.zeros((height, width, 4), np.float32)
    for placed in balloons:
        draw_balloon(canvas, placed)
    return canvas[..., 3] > 0.3
