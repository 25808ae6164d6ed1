import numpy as np
import pytest

from core.avatar.model import PARTS, Avatar
from core.camera import Camera, orbit
from core.character.build import build_avatar
from core.character.model import Character
from core.gaussians import DC
from core.oklab import to_oklab, to_srgb
from core.render.splats import render
from core.rig.head import HeadRig
from core.rig.style import HouseStyle
from core.rig.surface import SurfacePattern
from core.stylize.diffusion.lift import lift
from tests.conftest import PERSON
from tests.core.stylize.heads import head


@pytest.fixture(scope="module")
def avatar(rig: HeadRig, pattern: SurfacePattern, characters: dict[str, Character]) -> Avatar:
    return build_avatar(rig, pattern, characters[PERSON], HouseStyle())


CAMERA = orbit(size=256)


def drawn(avatar: Avatar, camera: Camera = CAMERA) -> tuple[np.ndarray, np.ndarray]:
    """The avatar at rest on white, in [0, 1], and where it covers."""
    picture = render(avatar.posed(np.zeros(len(avatar.shapes), np.float32)), camera)
    return picture.over((1.0, 1.0, 1.0)), picture.alpha > 0.98


def turned(picture: np.ndarray, angle: float = 2.1) -> np.ndarray:
    """Every hue turned by an angle in radians."""
    lab = to_oklab(picture)
    cosine, sine = np.cos(angle), np.sin(angle)
    lab[..., 1:] = lab[..., 1:] @ np.array([[cosine, sine], [-sine, cosine]], np.float32)
    return np.clip(to_srgb(lab), 0, 1)


def as_bytes(picture: np.ndarray) -> np.ndarray:
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def psnr(a: np.ndarray, b: np.ndarray, where: np.ndarray) -> float:
    return float(-10 * np.log10(((a - b)[where] ** 2).mean()))


def test_a_repainted_front_is_seen_in_front_and_the_other_sides_follow(avatar: Avatar) -> None:
    front, _ = drawn(avatar)
    lifted = lift(avatar, as_bytes(turned(front)), CAMERA)
    for yaw, least in ((0.0, 38.0), (45.0, 32.0), (90.0, 30.0), (180.0, 30.0)):
        camera = orbit(yaw, size=256)
        (before, _), (after, where) = drawn(avatar, camera), drawn(lifted, camera)
        assert psnr(after, turned(before), where) > least, yaw
        assert psnr(before, turned(before), where) < 25, "the test would not notice if nothing happened"


def test_a_picture_unlike_the_avatar_is_taken_over(avatar: Avatar) -> None:
    rows, columns = np.mgrid[:256, :256] / 256
    stripes = 0.5 + 0.3 * np.sin(40 * rows + 20 * columns)
    picture = np.stack([stripes, 1 - stripes, np.full_like(stripes, 0.5)], 2).astype(np.float32)
    front, where = drawn(lift(avatar, as_bytes(picture), CAMERA))
    assert psnr(front, picture, where) > 22
    # From behind, hair has the mean colour that it got in front, and no trace of the stripes' opposite colours.
    back, where = drawn(lift(avatar, as_bytes(picture), CAMERA), orbit(180.0, size=256))
    assert abs(back[where].mean(0) - front[where].mean(0)).max() < 0.12


def test_only_colours_change(avatar: Avatar) -> None:
    picture = as_bytes(turned(drawn(avatar)[0]))
    lifted = lift(avatar, picture, CAMERA)
    same = np.ones(14, bool)
    same[DC] = False
    np.testing.assert_array_equal(lifted.rest[:, same], avatar.rest[:, same])
    assert lifted.labels is avatar.labels and lifted.offsets is avatar.offsets
    hidden = np.isin(avatar.labels, [PARTS.index(part) for part in ("teeth", "tongue")])
    np.testing.assert_allclose(lifted.rest[hidden], avatar.rest[hidden], atol=1e-4)
    np.testing.assert_array_equal(lift(avatar, picture, CAMERA).rest, lifted.rest)


def test_what_is_off_the_avatar_does_not_matter(avatar: Avatar) -> None:
    front, _ = drawn(avatar)
    alpha = render(avatar.posed(np.zeros(16, np.float32)), CAMERA).alpha
    loud = front.copy()
    loud[alpha < 0.5] = (1, 0, 1)
    one, other = lift(avatar, as_bytes(front), CAMERA), lift(avatar, as_bytes(loud), CAMERA)
    np.testing.assert_array_equal(one.rest, other.rest)


def test_its_own_picture_changes_it_little(avatar: Avatar) -> None:
    lifted = lift(avatar, as_bytes(drawn(avatar)[0]), CAMERA)
    for yaw in (0.0, 90.0, 180.0):
        camera = orbit(yaw, size=256)
        (before, where), (after, _) = drawn(avatar, camera), drawn(lifted, camera)
        assert psnr(after, before, where) > 38


def test_a_half_that_is_not_seen_follows_the_other_half() -> None:
    avatar = head()
    beside = orbit(60.0, size=256)
    before, _ = drawn(avatar, beside)
    lifted = lift(avatar, as_bytes(turned(before)), beside)
    other = orbit(-60.0, size=256)
    (before, _), (after, where) = drawn(avatar, other), drawn(lifted, other)
    assert psnr(after, turned(before), where) > 24 > 20 > psnr(before, turned(before), where)


def test_a_picture_of_another_size_is_refused(avatar: Avatar) -> None:
    with pytest.raises(ValueError, match="camera"):
        lift(avatar, np.zeros((64, 64, 3), np.uint8), CAMERA)
