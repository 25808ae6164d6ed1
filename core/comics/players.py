"""People of a panel: in their posture, with their faces found, then drawn in the light of a scene."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32
from scipy import ndimage

from core.avatar.model import PARTS, Avatar
from core.avatar.posture import Posture
from core.camera import Camera
from core.comics.balloons import Area
from core.comics.model import FEELINGS, Actor, is_wordy
from core.comics.scenes import Light
from core.render.splats import render
from core.stickers.accents import ACCENTS
from core.stickers.draw import Spot, accent_spots
from core.stickers.hand import INK
from core.stickers.ink import over, paint, placed
from core.stickers.pose import Pose
from core.stickers.stage import Place, Staged, stage

FACE_PARTS = ("skin", "lips", "sclera", "iris", "brow", "lash", "beard", "teeth", "tongue", "mouth", "glasses")
"""What of a head no balloon may cover."""
_NEAREST_CM = 62.0
_BODY, _HEAD = 0.62, 0.38
"""How a turn is shared out."""
_MAP_PX = 160
_SHOWS = 0.3
_KEYLINE_CM = 0.26


@dataclass(frozen=True)
class Player:
    """Someone in posture; areas and places in centimetres of the picture plane, as in core.stickers.stage."""

    who: int
    pose: Pose
    staged: Staged
    face: Area
    """All of the face that shows."""
    head: Area
    """Head and hair, down to the chin."""
    things: tuple[Area, ...]
    """What is drawn beside the face, such as hats and hearts."""


@dataclass(frozen=True)
class Standing:
    """A player in a panel."""

    player: Player
    px_per_cm: float
    x: float
    """Pixel of the plane's middle."""
    y: float
    """Pixel of the plane's middle."""

    def pixel(self, place: Place) -> Place:
        """Where a place of the plane is in the panel."""
        return self.x + place[0] * self.px_per_cm, self.y + place[1] * self.px_per_cm

    def pixels(self, area: Area) -> Area:
        """Where an area of the plane is in the panel."""
        return (*self.pixel((area[0], area[1])), *self.pixel((area[2], area[3])))

    @property
    def mouth(self) -> Place:
        """In pixels."""
        return self.pixel(self.player.staged.places["mouth"])

    def camera(self, width: int, height: int) -> Camera:
        """The camera that sees it so in a picture of that size."""
        staged = self.player.staged
        focal = self.px_per_cm * staged.distance_cm
        K = np.array([[focal, 0, self.x], [0, focal, self.y], [0, 0, 1]], np.float32)
        return replace(staged.camera, K=K, width=width, height=height)


def take_posture(avatar: Avatar, actor: Actor, facing_deg: float) -> Player:
    """Poses an avatar for a panel.

    Args:
        avatar: who it is.
        actor: how.
        facing_deg: to the viewer's right, if the actor has no turn of its own.
    """
    feeling = FEELINGS[actor.feeling]
    turn = facing_deg if actor.turn_deg is None else actor.turn_deg
    pose = replace(
        feeling,
        weights={**feeling.weights, **actor.weights},
        head=feeling.head.plus(Posture(yaw_deg=_HEAD * turn, roll_deg=actor.tilt_deg)),
        accents=tuple(accent for accent in feeling.accents if not is_wordy(accent.name)),
        view=(feeling.view[0] - _BODY * turn, feeling.view[1]),
        distance_cm=max(feeling.distance_cm, _NEAREST_CM),
    )
    staged = stage(avatar, pose)
    labels = avatar.labels[~np.isin(avatar.labels, [PARTS.index(part) for part in pose.hides])]
    things = [_box_of(spot) for spot in accent_spots(staged, pose, None) if not spot.accent.behind]
    return Player(actor.who, pose, staged, *_areas(staged, labels), tuple(things))


def facing(actors: int, place: int) -> float:
    """Where someone looks who was not told: towards the others."""
    if actors == 1:
        return 0.0
    return 24.0 if place == 0 else -24.0 if place == actors - 1 else 0.0


def draw_player(
    canvas: Float32[np.ndarray, "h w 4"], standing: Standing, light: Light, others: Sequence[Area] = ()
) -> None:
    """Paints someone with shadow, light and drawn accents, in place.

    Args:
        canvas: the panel.
        standing: who and where.
        light: of the scene.
        others: areas in pixels that accents leave free: faces, and what is beside them.
    """
    height, width = canvas.shape[:2]
    spots = accent_spots(standing.player.staged, standing.player.pose, None)
    spots = [spot for spot in spots if _belongs(standing, spot, others)]
    _paint_spots(canvas, [spot for spot in spots if spot.accent.behind], standing)
    picture = render(standing.player.staged.gaussians, standing.camera(width, height))
    alpha = np.clip(picture.alpha, 0, 1)
    _paint_shadow(canvas, alpha, standing.px_per_cm)
    over(canvas, np.concatenate([_lit(picture.color, alpha, light, standing.px_per_cm), alpha[..., None]], -1))
    _paint_spots(canvas, [spot for spot in spots if not spot.accent.behind], standing)


def _box_of(spot: Spot) -> Area:
    (x, y), size = spot.place, spot.size_cm
    return x - size, y - size, x + size, y + size


def _belongs(standing: Standing, spot: Spot, others: Sequence[Area]) -> bool:
    """Whether an accent is drawn: not before its own face unless worn there, and not on the areas of others."""
    x, y = standing.pixel(spot.place)
    left, top, right, low = standing.pixels(standing.player.face)
    if left < x < right and top < y < low:
        # What floats round a head may come before the face once that is turned.
        return spot.accent.at != "rim"
    reach = spot.size_cm * standing.px_per_cm
    return not any(a[0] - reach < x < a[2] + reach and a[1] - reach < y < a[3] + reach for a in others)


def _areas(staged: Staged, labels: np.ndarray) -> tuple[Area, Area]:
    """Face and head, measured on a small picture: what hair covers is no face."""
    wide = max(staged.high[0] - staged.low[0], staged.high[1] - staged.low[1])
    scale = _MAP_PX / wide
    in_face = np.isin(labels, [PARTS.index(part) for part in FACE_PARTS])
    painted = replace(staged.gaussians, colors=np.repeat(in_face[:, None], 3, 1).astype(np.float32))
    focal = scale * staged.distance_cm
    K = np.array([[focal, 0, -staged.low[0] * scale], [0, focal, -staged.low[1] * scale], [0, 0, 1]], np.float32)
    seen = render(painted, replace(staged.camera, K=K, width=_MAP_PX, height=_MAP_PX))
    chin = round((staged.places["chin"][1] - staged.low[1]) * scale)
    above = seen.alpha.copy()
    above[max(chin, 1) :] = 0
    faces = _bounds(seen.color[..., 0] > _SHOWS), _bounds(above > _SHOWS)
    face, head = (
        (
            staged.low[0] + box[0] / scale,
            staged.low[1] + box[1] / scale,
            staged.low[0] + box[2] / scale,
            staged.low[1] + box[3] / scale,
        )
        for box in faces
    )
    return face, head


def _bounds(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is true, with a pixel to spare; the whole if nothing is."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return 0, 0, mask.shape[1], mask.shape[0]
    return int(columns[0]) - 1, int(rows[0]) - 1, int(columns[-1]) + 2, int(rows[-1]) + 2


def _lit(color: np.ndarray, alpha: np.ndarray, light: Light, px_per_cm: float) -> Float32[np.ndarray, "h w 3"]:
    """The scene's tint, and light along one side of the outline."""
    deep = 0.34 * px_per_cm
    beside = ndimage.shift(alpha, (0.5 * deep, -light.side * deep), order=1, mode="nearest")
    rim = np.clip(ndimage.gaussian_filter(np.clip(alpha - beside, 0, 1), 0.1 * px_per_cm), 0, 1)
    # What leaves the picture at its lower end has no edge there.
    share = (light.strength * rim)[..., None] * alpha[..., None]
    shaded = np.clip(color * np.array(light.tint, np.float32), 0, alpha[..., None])
    return ((1 - share) * shaded + share * np.array(light.rim, np.float32)).astype(np.float32)


def _paint_shadow(canvas: Float32[np.ndarray, "h w 4"], alpha: np.ndarray, px_per_cm: float) -> None:
    """A soft dark edge that sets someone off from the background."""
    soft = ndimage.gaussian_filter(alpha, 0.5 * px_per_cm)
    near = ndimage.gaussian_filter(alpha, 0.1 * px_per_cm)
    share = np.clip(0.3 * soft + 0.34 * near, 0, 1).astype(np.float32)[..., None]
    over(canvas, np.concatenate([share * np.array(INK, np.float32), share], -1))


def _paint_spots(canvas: Float32[np.ndarray, "h w 4"], spots: Sequence[Spot], standing: Standing) -> None:
    for spot in spots:
        x, y = standing.pixel(spot.place)
        scale = spot.size_cm * standing.px_per_cm
        shapes = placed(ACCENTS[spot.accent.name](), x, y, scale, spot.turn_deg, spot.accent.flip)
        paint(canvas, shapes, _KEYLINE_CM * standing.px_per_cm if spot.accent.bordered else 0.0)
