"""From an avatar and a pose to the picture of a sticker."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float32, UInt8

from core.avatar.model import Avatar
from core.render.splats import render
from core.smoothstep import smoothstep
from core.stickers.accents import ACCENTS
from core.stickers.cut import USUAL, Cut, cut_out, to_rgba8
from core.stickers.ink import Shape, over, paint, placed
from core.stickers.pose import Accent, Pose
from core.stickers.stage import Place, Staged, framed, stage

SIZE_PX = 512
"""What messengers ask for."""
_MARGIN_PX = 16.0
"""Left free on all sides, as they advise; the shadow may fade into it."""
_KEYLINE_CM = 0.3
_LARGEST_PX_PER_CM = 19.0
"""At 512 pixels: someone without accents need not fill the picture to the brim."""
_COMES, _GOES = 0.22, 0.72
"""Shares of its way at which a travelling accent is whole, and begins to leave."""
_PROBES = 6
_BLOWN = 3.0
"""Centimetres from the mouth, and degrees that a face is turned, from which a side counts."""
_OUTWARD = {"cheek left": 1, "cheek right": -1}
"""To which side the cheeks are, as seen."""


@dataclass(frozen=True)
class Frame:
    """Which part of the plane the picture shows."""

    px_per_cm: float
    """Scale."""
    x_cm: float
    """Middle of the picture."""
    y_cm: float
    """Middle of the picture."""

    def pixel(self, place: Place, size: int) -> Place:
        """Where a place of the plane is in a picture of that size."""
        return (
            size / 2 + (place[0] - self.x_cm) * self.px_per_cm,
            size / 2 + (place[1] - self.y_cm) * self.px_per_cm,
        )


@dataclass(frozen=True)
class Spot:
    """Where an accent is at one moment."""

    accent: Accent
    place: Place
    size_cm: float
    turn_deg: float


def draw_sticker(
    avatar: Avatar, pose: Pose, size: int = SIZE_PX, caption=None, cut: Cut = USUAL
) -> UInt8[np.ndarray, "size size 4"]:
    """A still sticker, straight alpha.

    Args:
        avatar: who.
        pose: how.
        size: width and height in pixels, even.
        caption: a :class:`core.stickers.captions.Label`, or None.
        cut: how it is cut out.
    """
    staged = stage(avatar, pose)
    spots = accent_spots(staged, pose, None)
    return _picture(staged, spots, _frame([(staged, spots)], size, caption, cut), size, caption, cut)


def draw_loop(avatar: Avatar, pose: Pose, frames: int, size: int = SIZE_PX, caption=None, cut: Cut = USUAL):
    """The frames of an animated sticker, drawn one by one: an iterator of straight RGBA (size, size, 4).

    All show the same part of the plane, so that nothing jumps, and the last leads back to the first.
    """
    probes = [stage(avatar, pose, k / _PROBES) for k in range(_PROBES)]
    frame = _frame([(s, accent_spots(s, pose, k / _PROBES)) for k, s in enumerate(probes)], size, caption, cut)
    for number in range(frames):
        phase = number / frames
        staged = stage(avatar, pose, phase)
        yield _picture(staged, accent_spots(staged, pose, phase), frame, size, caption, cut)


def _picture(
    staged: Staged, spots: Sequence[Spot], frame: Frame, size: int, caption, cut: Cut
) -> UInt8[np.ndarray, "s s 4"]:
    canvas = np.zeros((size, size, 4), np.float32)
    _paint_spots(canvas, [spot for spot in spots if spot.accent.behind], frame)
    over(canvas, _person(staged, frame, size))
    _paint_spots(canvas, [spot for spot in spots if not spot.accent.behind], frame)
    if caption is not None:
        caption.paint(canvas)
    return to_rgba8(cut_out(canvas, cut))


def _person(staged: Staged, frame: Frame, size: int) -> Float32[np.ndarray, "s s 4"]:
    picture = render(staged.gaussians, framed(staged, frame.px_per_cm, frame.x_cm, frame.y_cm, size))
    return np.clip(np.concatenate([picture.color, picture.alpha[..., None]], -1), 0, 1)


def _paint_spots(canvas: Float32[np.ndarray, "s s 4"], spots: Sequence[Spot], frame: Frame) -> None:
    for spot in spots:
        x, y = frame.pixel(spot.place, len(canvas))
        scale = spot.size_cm * frame.px_per_cm
        if scale < 1:
            continue
        shapes: list[Shape] = placed(ACCENTS[spot.accent.name](), x, y, scale, spot.turn_deg, spot.accent.flip)
        paint(canvas, shapes, _KEYLINE_CM * frame.px_per_cm if spot.accent.bordered else 0.0)


def accent_spots(staged: Staged, pose: Pose, phase: float | None) -> list[Spot]:
    """Where the accents are; those that are just coming or going are small."""
    return [_spot(staged, accent, phase) for accent in pose.accents]


def _spot(staged: Staged, accent: Accent, phase: float | None) -> Spot:
    accent = _blown(accent, staged.facing_deg)
    roll = staged.roll_deg if accent.worn else 0.0
    if accent.at == "rim":
        x, y = staged.rim(accent.bearing_deg, accent.out_cm)
    else:
        x, y = staged.places[accent.at]
    cos, sin = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    dx, dy, size, turn = accent.x_cm, accent.y_cm, accent.size_cm, accent.turn_deg + roll
    if accent.at in _OUTWARD:
        # The far cheek of a turned face is narrow; what is on it must not hang over its edge.
        far = max(_OUTWARD[accent.at] * float(np.sin(np.radians(staged.facing_deg))), 0.0)
        dx, size = dx - _OUTWARD[accent.at] * 1.2 * far * size, size * (1 - 1.1 * far)
    if phase is not None:
        t = (phase + accent.start) % 1.0
        turn += accent.swing_deg * float(np.sin(2 * np.pi * t))
        size *= 1 + accent.pulse * float(np.sin(4 * np.pi * t))
        if any(accent.drift_cm):
            dx, dy = dx + (t - 0.5) * accent.drift_cm[0], dy + (t - 0.5) * accent.drift_cm[1]
            size *= float(smoothstep(0.0, _COMES, t) * (1 - smoothstep(_GOES, 1.0, t)))
    return Spot(accent, (float(x + cos * dx - sin * dy), float(y + sin * dx + cos * dy)), size, turn)


def _blown(accent: Accent, facing_deg: float) -> Accent:
    """What leaves the mouth leaves it to where the face looks."""
    if accent.at != "mouth" or accent.x_cm * facing_deg >= 0 or min(abs(accent.x_cm), abs(facing_deg)) < _BLOWN:
        return accent
    drift = (-accent.drift_cm[0], accent.drift_cm[1])
    return replace(accent, x_cm=-accent.x_cm, turn_deg=-accent.turn_deg, flip=not accent.flip, drift_cm=drift)


def _frame(moments: Sequence[tuple[Staged, Sequence[Spot]]], size: int, caption, cut: Cut) -> Frame:
    """The frame that holds everyone and everything at all these moments, as large as it can be."""
    boxes = []
    for staged, spots in moments:
        boxes.append((*staged.low, *staged.high))
        for spot in spots:
            (x, y), reach = spot.place, 1.08 * spot.size_cm + _KEYLINE_CM
            boxes.append((x - reach, y - reach, x + reach, y + reach))
    left, top = np.min(boxes, 0)[:2]
    right, bottom = np.max(boxes, 0)[2:]
    unit = size / SIZE_PX
    free = size - 2 * unit * (_MARGIN_PX + cut.outline_px)
    # A caption lies over the lower end of the shoulders, and what it needs beyond is taken from the height.
    high = free - (caption.overhang_px if caption is not None else 0.0)
    scale = float(min(free / (right - left), high / (bottom - top), _LARGEST_PX_PER_CM * unit))
    shift = (free - high) / 2 / scale
    return Frame(scale, float(left + right) / 2, float(top + bottom) / 2 + shift)
