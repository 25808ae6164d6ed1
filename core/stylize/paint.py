"""Face paint: drawings that the avatar's own splats are coloured with, placed by its eyes, nose and mouth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from core.oklab import hex_to_oklab
from core.smoothstep import smoothstep
from core.stylize.accents.places import Places

PaintKind = Literal[
    "domino", "skull", "stitches", "blush", "whiskers", "weary eyes", "glitter", "bones", "jaw", "shirt", "slime"
]


@dataclass(frozen=True)
class Paint:
    """One drawing."""

    kind: PaintKind
    """``domino`` is a mask round the eyes, ``skull`` a death's head, ``stitches`` seams of a wound, ``blush`` round
    cheeks, ``whiskers`` a cat's nose and whiskers, ``weary eyes`` dark rings, ``glitter`` dots beside the eyes,
    ``bones`` ribs and spine on clothes and neck, ``jaw`` the seam of a puppet's or machine's jaw, ``shirt`` a white
    front, ``slime`` what runs down from the top of the head."""
    colour: str
    """``#rrggbb``."""
    amount: float = 1.0
    """How far it covers what is under it, in [0, 1]."""
    on_dark: str | None = None
    """``#rrggbb`` on dark skin, where ``colour`` would not show."""


def painted(lab: Float[np.ndarray, "n 3"], places: Places, paints: tuple[Paint, ...]) -> Float[np.ndarray, "n 3"]:
    """Colours (OKLab) under drawings."""
    for paint in paints:
        rows, mask = _DRAWINGS[paint.kind](places)
        mask = np.clip(mask, 0, 1) * paint.amount
        lab = lab.copy()
        dark = paint.on_dark is not None and len(rows) > 0 and float(np.median(lab[rows, 0])) < _DARK
        colour = paint.on_dark if dark and paint.on_dark else paint.colour
        lab[rows] += mask[:, None] * (hex_to_oklab(colour) - lab[rows])
    return lab


# Lightness (OKLab) of skin that is called dark.
_DARK = 0.58

Drawing = tuple[np.ndarray, np.ndarray]
"""Rows that a drawing touches, and how much of it lies on each."""


def _front(places: Places, *parts: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows on the face, and their x and y."""
    rows = np.flatnonzero(places.of(*(parts or ("skin",))) & (places.means[:, 2] > 1.0))
    return rows, places.means[rows, 0], places.means[rows, 1]


def _dot(x: np.ndarray, y: np.ndarray, at: tuple[float, float], size: tuple[float, float], soft: float = 0.16):
    """An ellipse."""
    return 1 - smoothstep(1 - soft, 1 + soft, np.hypot((x - at[0]) / size[0], (y - at[1]) / size[1]))


def _line(x: np.ndarray, y: np.ndarray, a: tuple[float, float], b: tuple[float, float], half: float) -> np.ndarray:
    """A stroke with round ends."""
    d = np.subtract(b, a)
    t = np.clip(((x - a[0]) * d[0] + (y - a[1]) * d[1]) / (d @ d), 0, 1)
    apart = np.hypot(x - a[0] - t * d[0], y - a[1] - t * d[1])
    return 1 - smoothstep(0.75 * half, 1.25 * half, apart)


def _all(*masks: np.ndarray) -> np.ndarray:
    return np.max(masks, axis=0)


def _domino(places: Places) -> Drawing:
    rows, x, y = _front(places)
    eye = places.eyes.mean(0)
    out = np.abs(places.eyes[:, 0]).mean()
    side = np.abs(x)
    # Rounds over the eyes, a bridge between, points that sweep up to the temples.
    round_ = _dot(side, y, (out + 0.1, eye[1] + 0.15), (3.0, 2.2), 0.05)
    bridge = (np.abs(y - eye[1] - 0.3) < 1.15 - 0.1 * side) & (side < out)
    sweep = _line(side, y, (out + 1.0, eye[1] + 0.9), (out + 5.0, eye[1] + 2.4), 1.0)
    return rows, _all(round_, bridge.astype(float), sweep)


def _skull(places: Places) -> Drawing:
    rows, x, y = _front(places, "skin", "lips")
    eye, mouth, side = places.eyes.mean(0), places.mouth, np.abs(x)
    out, half = np.abs(places.eyes[:, 0]).mean(), places.mouth_half
    sockets = _dot(side, y, (out, eye[1] - 0.1), (2.75, 2.45), 0.12)
    nose_y = places.nose[1]
    nose = _all(_dot(side, y, (0.62, nose_y - 0.15), (0.75, 0.95)), _dot(side, y, (0.2, nose_y + 0.9), (0.45, 0.9)))
    hollow = _line(side, y, (6.6, mouth[1] + 2.4), (half + 1.6, mouth[1] + 0.2), 0.75)
    seam = _line(side, y, (0.0, places.lip_y), (half + 1.7, places.lip_y + 0.15), 0.15)
    teeth = np.zeros(len(x))
    for k in range(6):
        at = (k + 0.5) * (half + 1.4) / 6
        tall = 1.25 - 0.09 * k
        teeth = np.maximum(teeth, _line(side, y, (at, places.lip_y - tall), (at, places.lip_y + tall), 0.11))
    crack = _all(
        _line(x, y, (1.6, places.brow_y + 3.6), (2.3, places.brow_y + 2.2), 0.12),
        _line(x, y, (2.3, places.brow_y + 2.2), (1.5, places.brow_y + 1.4), 0.12),
        _line(x, y, (1.5, places.brow_y + 1.4), (2.0, places.brow_y + 0.6), 0.1),
    )
    return rows, _all(sockets, nose, hollow, seam, teeth, crack)


def _stitches(places: Places) -> Drawing:
    rows, x, y = _front(places, "skin", "lips")
    top, cheek = places.brow_y + 1.9, places.mouth[1] + 0.9
    mask = _line(x, y, (-4.6, top - 0.7), (1.2, top + 0.7), 0.16)
    for k in range(6):
        at = -4.2 + 1.0 * k
        height = top - 0.6 + 0.24 * (at + 4.2)
        mask = np.maximum(mask, _line(x, y, (at - 0.1, height - 0.6), (at + 0.1, height + 0.6), 0.13))
    mask = np.maximum(mask, _line(x, y, (3.4, cheek + 2.2), (4.9, cheek - 2.6), 0.16))
    for k in range(5):
        middle = (3.5 + 0.31 * k, cheek + 1.8 - 1.0 * k)
        mask = np.maximum(
            mask, _line(x, y, (middle[0] - 0.6, middle[1] - 0.2), (middle[0] + 0.6, middle[1] + 0.2), 0.13)
        )
    return rows, mask


def _blush(places: Places) -> Drawing:
    rows, x, y = _front(places)
    out, eye, mouth = np.abs(places.eyes[:, 0]).mean() + 1.3, places.eyes[:, 1].mean(), places.mouth[1]
    return rows, _dot(np.abs(x), y, (out, 0.5 * eye + 0.5 * mouth - 0.1), (1.9, 1.6), 0.7)


def _whiskers(places: Places) -> Drawing:
    rows, x, y = _front(places, "skin", "lips", "beard")
    nose, side = places.nose, np.abs(x)
    drop = np.clip((nose[1] + 0.85 - y) / 1.5, 0, 1)
    tip = ((y < nose[1] + 0.85) & (y > nose[1] - 0.65) & (side < 1.35 * (1 - 0.75 * drop))).astype(float)
    split = _line(x, y, (0.0, nose[1] - 0.6), (0.0, places.mouth[1] + 0.9), 0.12)
    mask = _all(tip, split)
    for k in range(3):
        low = nose[1] - 1.3 - 0.75 * k
        mask = np.maximum(mask, _line(side, y, (2.7, low), (6.9, low + 0.9 - 0.85 * k), 0.13))
    for k in range(3):
        low = places.brow_y + 0.9 + 0.25 * k
        mask = np.maximum(mask, _line(side, y, (1.15 * k, low), (0.75 * k, low + 2.2 - 0.5 * k), 0.2))
    return rows, mask


def _weary(places: Places) -> Drawing:
    rows, x, y = _front(places)
    eye, out = places.eyes[:, 1].mean(), np.abs(places.eyes[:, 0]).mean()
    return rows, _dot(np.abs(x), y, (out, eye - 0.35), (2.5, 2.0), 0.45)


def _glitter(places: Places) -> Drawing:
    rows, x, y = _front(places)
    eye, out, side = places.eyes[:, 1].mean(), np.abs(places.eyes[:, 0]).mean(), np.abs(x)
    mask = np.zeros(len(x))
    for dx, dy, r in ((2.5, 0.2, 0.3), (2.9, -0.7, 0.24), (2.3, -1.3, 0.32), (1.4, -1.8, 0.24), (3.2, 0.9, 0.22)):
        mask = np.maximum(mask, _dot(side, y, (out + dx, eye + dy), (r, r)))
    return rows, np.maximum(mask, 0.75 * _dot(side, y, (out + 0.4, eye + 1.5), (2.4, 0.9), 0.5))


def _bones(places: Places) -> Drawing:
    rows = np.flatnonzero(places.of("clothes", "neck"))
    x, y, z = places.means[rows].T
    cloth = places.of("clothes")[rows]
    turn = np.arctan2(x, z + 2.0)
    ribs = (np.abs(((y + 0.22 * np.abs(x)) / 2.3) % 1.0 - 0.5) < 0.23) & (np.abs(np.sin(turn)) > 0.2)
    column = np.where((np.abs(x) < 1.1) & (np.abs((y / 1.7) % 1.0 - 0.5) < 0.34), 1.0, 0.0)
    spine = np.where((z < 0) & (np.abs(x) < 1.3) & (np.abs((y / 1.5) % 1.0 - 0.5) < 0.36), 1.0, 0.0)
    return rows, np.where(cloth, np.maximum(ribs, spine), column)


def _jaw(places: Places) -> Drawing:
    rows, x, y = _front(places)
    half, side = places.mouth_half + 0.5, np.abs(x)
    low = places.chin_y - 1.0
    return rows, _line(side, y, (half, places.mouth[1] + 0.4), (half + 0.25, low), 0.16)


def _slime(places: Places) -> Drawing:
    rows = np.flatnonzero(places.of("hair", "skin", "headwear", "ear"))
    x, y, z = places.means[rows].T
    turn = np.arctan2(x, z + 0.8)
    top = places.means[rows, 1].max() if len(rows) else 0.0
    # Every tongue of it is as long as chance has it.
    tongues = np.sin(11 * turn) * (0.5 + 0.5 * np.sin(3 * turn + 1)) + 0.6 * np.sin(5 * turn + 2)
    reach = 3.4 + 2.6 * np.clip(tongues, -0.6, 1.5)
    return rows, smoothstep(-0.15, 0.25, y - (top - reach))


def _shirt(places: Places) -> Drawing:
    rows = np.flatnonzero(places.of("clothes"))
    x, _, z = places.means[rows].T
    return rows, ((z > -1) & (np.abs(x) < 2.7)).astype(float)


_DRAWINGS: Mapping[str, Callable[[Places], Drawing]] = {
    "domino": _domino,
    "skull": _skull,
    "stitches": _stitches,
    "blush": _blush,
    "whiskers": _whiskers,
    "weary eyes": _weary,
    "glitter": _glitter,
    "bones": _bones,
    "jaw": _jaw,
    "shirt": _shirt,
    "slime": _slime,
}
