"""One example person in the canonical front view."""

from dataclasses import dataclass

import numpy as np
import pytest

from core.avatar.model import Avatar
from core.camera import Camera
from core.canonical.frame import TemplateView, front_camera, template_view
from core.character.build import build_avatar
from core.character.measure import Reading
from core.rig.head import HeadRig
from core.rig.sculpt import Sculpt
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern
from tests.conftest import PERSON


@dataclass(frozen=True)
class Standing:
    """A person and what the camera of the front view has before it."""

    reading: Reading
    sculpt: Sculpt
    avatar: Avatar
    camera: Camera
    view: TemplateView


@pytest.fixture(scope="session")
def standing(rig: HeadRig, pattern: SurfacePattern, readings: dict[str, Reading]) -> Standing:
    reading, style, camera = readings[PERSON], HouseStyle(), front_camera(256)
    sculpt = Sculpt(rig, pattern, cartoon_head(rig, reading.character.identity, style))
    avatar = build_avatar(rig, pattern, reading.character, style)
    return Standing(reading, sculpt, avatar, camera, template_view(avatar, camera))


def pixels(points: np.ndarray, camera: Camera) -> np.ndarray:
    """Where points of the head frame fall: x right, y down, between corners of pixels."""
    seen = (points @ camera.world_to_camera[:3, :3].T + camera.world_to_camera[:3, 3]) @ camera.K.T
    return seen[:, :2] / seen[:, 2:]
