"""What hangs or grows behind: wings, capes, collars, tails, a clockwork key."""

import numpy as np

from core.stylize.accents.model import Dressed, Piece, Wearer, painted
from core.stylize.accents.patches import around, bent, cover, disc, tube
from core.stylize.accents.places import CENTRE

_SIDES = (1.0, -1.0)
_Z = float(CENTRE[2])


def key(wearer: Wearer) -> Dressed:
    """A clockwork key in the back of the head."""
    back = wearer.places.outside(np.array([[0.0, -0.35, -1.0]]))[0]
    away = np.array((0.0, 0.12, -1.0))
    end = back + 2.6 * away
    shaft = cover(tube(np.linspace(back - 0.6 * away, end, 5), 0.55), 0.34)
    pieces = [Piece(shaft, painted(shaft, wearer.first), back)]
    for sign in _SIDES:
        turn = np.linspace(0, 2 * np.pi, 33)
        middle = end + np.array((sign * 2.05, 0.0, -0.5))
        line = middle + np.stack([1.75 * np.cos(turn), 1.5 * np.sin(turn), 0.3 * np.cos(turn)], 1)
        wing = cover(tube(line, 0.55), 0.36)
        pieces.append(Piece(wing, painted(wing, wearer.first), back))
    return Dressed(tuple(pieces))


def wings(wearer: Wearer) -> Dressed:
    """Wings at the back: a fairy's, clear and veined, or (in one colour) an angel's, of feathers."""
    feathered = wearer.accent.second == wearer.accent.colour
    pieces = []
    for sign in _SIDES:
        root = np.array((sign * 1.8, -7.2, -8.8))
        for upper in (True, False):
            patch = cover(_feathers(sign, root, upper) if feathered else _petal(sign, root, upper), 0.72)
            if feathered:
                rows = 0.5 + 0.5 * np.cos(2 * np.pi * (6 * patch.u + 0.4 * patch.v))
                lab = painted(
                    patch,
                    wearer.first,
                    -0.17 * rows**4 - 0.1 * (patch.v > 0.9) - 0.06 * (np.abs(patch.v - 0.55) < 0.04),
                )
                pieces.append(Piece(patch, lab, root))
            else:
                spokes = np.abs(((patch.u * 5) % 1.0) - 0.5) * 2
                vein = np.maximum(np.clip((spokes - 0.8) / 0.2, 0, 1), np.clip((patch.v - 0.9) / 0.05, 0, 1))
                mixed = wearer.first + patch.v[:, None] * (wearer.second - wearer.first)
                mixed[:, 0] += 0.05 + 0.1 * vein
                pieces.append(Piece(patch, mixed, root, opacity=0.62, plain=True))
                edge = cover(tube(_rim(_petal(sign, root, upper)), 0.18), 0.42)
                pieces.append(Piece(edge, painted(edge, wearer.second, 0.04), root, plain=True))
    return Dressed(tuple(pieces))


def _rim(surface) -> np.ndarray:
    u = np.linspace(0.02, 0.98, 40)
    return surface(u, np.full(40, 1.0))


def _petal(sign: float, root: np.ndarray, upper: bool):
    low, high, long = (14.0, 88.0, 15.4) if upper else (-42.0, 16.0, 10.5)

    def surface(u, v):
        angle = np.radians(low + (high - low) * u)
        r = long * v * (0.42 + 0.58 * np.sin(np.pi * np.clip(u, 0, 1)) ** 0.7)
        back = -1.0 - 2.6 * v - 0.8 * np.sin(np.pi * u) * v
        stretch = 0.9 if upper else 1.0
        return root + np.stack([sign * stretch * r * np.cos(angle), r * np.sin(angle) * 1.12, back], 1)

    return surface


def _feathers(sign: float, root: np.ndarray, upper: bool):
    low, high, long = (20.0, 78.0, 17.0) if upper else (-25.0, 30.0, 14.0)

    def surface(u, v):
        angle = np.radians(low + (high - low) * u)
        tips = 0.86 + 0.14 * np.abs(np.sin(np.pi * 6 * u))
        r = long * v * tips * (0.66 + 0.34 * u)
        back = -0.6 - 2.2 * v + (0.5 if upper else 0.0)
        return root + np.stack([sign * 0.92 * r * np.cos(angle), r * np.sin(angle), back], 1)

    return surface


def bat_wings(wearer: Wearer) -> Dressed:
    """Leathery wings at the back, with ribs and scalloped edges."""
    pieces = []
    for sign in _SIDES:
        root = np.array((sign * 1.8, -9.6, -8.6))

        def skin(u, v, sign=sign, root=root):
            angle = np.radians(-30 + 105 * u)
            bite = 1 - 0.2 * np.abs(np.sin(np.pi * 3 * u)) ** 1.0
            r = 15.5 * v * bite * (0.62 + 0.38 * u)
            return root + np.stack([sign * r * np.cos(angle), r * np.sin(angle), -1 - 2.0 * v], 1)

        patch = cover(skin, 0.68)
        shade = -0.05 * np.cos(2 * np.pi * 3 * patch.u)
        pieces.append(Piece(patch, painted(patch, wearer.first, shade), root))
        for rib in np.linspace(0, 1, 4):
            line = skin(np.full(12, rib), np.linspace(0.02, 1.02, 12))
            bone = cover(tube(line, (0.42, 0.34, 0.26, 0.05)), 0.42)
            pieces.append(Piece(bone, painted(bone, wearer.second), root))
    return Dressed(tuple(pieces))


def high_collar(wearer: Wearer) -> Dressed:
    """A stiff collar that stands up behind the head: dark outside, red within."""
    hair = wearer.places.means[wearer.places.of("hair", "headwear")]
    behind = hair[(hair[:, 1] < -1) & (hair[:, 2] < -2)]
    room = float(np.clip((-behind[:, 2].min() - 8.2) if len(behind) else 0.0, 0, 3.2))

    def sheet(u, v):
        turn = np.radians(52) + u * np.radians(256)
        side = np.abs(np.sin(turn))
        rise = (7.2 + 3.4 * np.exp(-(((np.abs(turn - np.pi) - 1.25) / 0.5) ** 2))) * smooth(u)
        y = -11.6 + v * rise
        distance = 7.2 + 0.6 * side + 0.6 * room + (2.6 + 1.1 * side + 0.6 * room) * v**0.9
        return around(turn, distance, y, _Z - 0.6)

    smooth = lambda u: np.clip(np.minimum(u, 1 - u) / 0.1, 0.15, 1)
    outside = cover(sheet, 0.62)
    inside = cover(lambda u, v: sheet(u, v) * (0.955, 1, 0.955), 0.68, flip=True)
    base = np.array((0.0, -11.0, _Z))
    return Dressed(
        (
            Piece(outside, painted(outside, wearer.first), base),
            Piece(inside, painted(inside, wearer.second), base),
        )
    )


def cape(wearer: Wearer) -> Dressed:
    """A cape that hangs from the shoulders and blows out behind."""

    def sheet(u, v):
        turn = np.radians(70) + u * np.radians(220)
        folds = 0.55 * v * np.cos(9 * turn)
        flare = 9.4 + 3.4 * v + folds
        wind = 3.0 * v**1.4 * np.clip(-np.cos(turn), 0, 1)
        points = around(turn, flare, -8.2 - 8.6 * v + 1.6 * np.abs(np.sin(turn)) * (1 - v) - 0.6, _Z - 0.6)
        points[:, 2] -= wind
        return points

    outside = cover(sheet, 0.6)
    inside = cover(lambda u, v: sheet(u, v) * (0.965, 1, 0.965), 0.8, flip=True)
    base = np.array((0.0, -9.0, _Z))
    dark = -0.1 * (np.cos(9 * (np.radians(70) + outside.u * np.radians(220))) < -0.2) * outside.v
    pieces = [
        Piece(outside, painted(outside, wearer.first, dark), base),
        Piece(inside, painted(inside, wearer.first, -0.12), base),
    ]
    for sign in _SIDES:
        clasp = cover(disc(np.array((sign * 7.4, -9.7, 4.2)), np.array((sign * 0.5, 0.3, 1.0)), 1.1, 0.35), 0.3)
        pieces.append(Piece(clasp, painted(clasp, wearer.second), base))
    return Dressed(tuple(pieces))


def tail(wearer: Wearer) -> Dressed:
    """A tail that curls up beside the shoulder."""
    root = np.array((2.0, -13.4, -9.0))
    line = bent([root, (6.5, -14.6, -10.5), (11.2, -11.5, -9.5), (12.4, -6.5, -8.2), (10.9, -2.6, -7.6),
                 (12.2, 0.6, -7.4)], 40)  # fmt: skip
    fur = cover(tube(line, (1.1, 1.2, 1.2, 1.15, 1.1, 0.9, 0.25)), 0.42)
    lab = painted(fur, wearer.first, -0.08 * (np.cos(2 * np.pi * 9 * fur.v) > 0.4))
    lab[fur.v > 0.84] = wearer.second
    return Dressed((Piece(fur, lab, root),))
