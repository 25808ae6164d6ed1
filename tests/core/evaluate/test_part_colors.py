from dataclasses import replace

import numpy as np

from core.avatar.model import PARTS
from core.evaluate.color_error import to_cielab
from core.evaluate.part_colors import NOSE_BASE, avatar_colors, photo_colors
from core.gaussians import DC, SH_C0
from core.landmarks import LEFT_IRIS, RIGHT_IRIS
from core.pipeline import Creation
from core.portrait import FACE_PARTS, Portrait
from tests.conftest import PERSON

COLORS = {"skin": (0.8, 0.6, 0.5), "hair": (0.1, 0.3, 0.6), "iris": (0.2, 0.5, 0.3)}


def test_colours_of_a_painted_photo(portraits: dict[str, Portrait]) -> None:
    portrait = portraits[PERSON]
    image = portrait.image.copy()
    rows, columns = np.mgrid[:512, :512]
    for part in ("skin", "hair"):
        image[portrait.mask(part)] = np.round(np.array(COLORS[part]) * 255)
    # A beard does not count, nor what is beside the iris.
    image[portrait.mask("skin") & (rows > portrait.points[NOSE_BASE, 1])] = 0
    for iris in (LEFT_IRIS, RIGHT_IRIS):
        centre, rim = portrait.points[iris[0], :2], portrait.points[list(iris[1:]), :2]
        near = np.hypot(columns - centre[0], rows - centre[1]) < np.linalg.norm(rim - centre, axis=1).mean()
        image[near] = np.round(np.array(COLORS["iris"]) * 255)
    for part, measured in photo_colors(replace(portrait, image=image)).items():
        assert measured is not None
        np.testing.assert_allclose(measured, to_cielab(np.array(COLORS[part])), atol=0.5)


def test_what_does_not_show_has_no_colour(portraits: dict[str, Portrait]) -> None:
    portrait = portraits[PERSON]
    bare = replace(portrait, labels=np.full_like(portrait.labels, FACE_PARTS.index("background")))
    assert photo_colors(bare) == {"skin": None, "hair": None, "iris": None}


def test_colours_of_a_painted_avatar(creation: Creation) -> None:
    avatar = creation.base
    rest = avatar.rest.copy()
    rest[:, DC] = 0
    for part, color in COLORS.items():
        rest[avatar.labels == PARTS.index(part), DC] = (np.array(color) - 0.5) / SH_C0
    nose = np.array((0.0, -2.0, 10.0), np.float32)
    for part, measured in avatar_colors(replace(avatar, rest=rest), nose).items():
        assert measured is not None
        np.testing.assert_allclose(measured, to_cielab(np.array(COLORS[part])), atol=3)
