"""What lies on or hovers over a head: halos, crowns, wreaths, bows."""

import numpy as np

from core.stylize.accents.model import Dressed, Piece, Wearer, painted
from core.stylize.accents.patches import Patch, around, ball, cover, disc, tube
from core.stylize.accents.places import CENTRE, at
from core.unit import unit

_SIDES = (1.0, -1.0)


def halo(wearer: Wearer) -> Dressed:
    """A ring of light above the head."""
    top = min(float(wearer.places.outside(np.array([[0.0, 1.0, 0.0]]))[0, 1]) + 1.5, 15.6)
    turn = np.linspace(0, 2 * np.pi, 65)
    line = around(turn, np.full(65, 5.2), top + 1.25 * -np.cos(turn), -1.2)
    ring = cover(tube(line, 0.42), 0.32)
    shine = cover(tube(line, 0.95), 0.9)
    base = np.array((0.0, top - 3.0, -1.2))
    return Dressed(
        (
            Piece(ring, painted(ring, wearer.first, 0.1 * (ring.normals[:, 1] > 0)), base, plain=True),
            Piece(shine, painted(shine, wearer.first), base, opacity=0.12, soft=1.3, plain=True),
        )
    )


def crown(wearer: Wearer) -> Dressed:
    """A jewelled ring with points, over hair or hat alike."""
    places, lift = wearer.places, 0.0
    top = float(places.outside(np.array([[0.0, 1.0, 0.0]]))[0, 1])
    y = min(top - 3.6, 12.6) + lift
    ring = np.minimum(places.ring(y), places.ring(y - 0.8)) + 0.35
    low = places.ring(y - 0.6) + 0.3
    points = 9

    def band(u, v):
        turn = 2 * np.pi * u
        peak = np.abs(((u * points + 0.5) % 1.0) - 0.5) * 2
        height = 1.5 + 2.6 * wearer.accent.size * (1 - peak) ** 1.1
        tilt = 0.5 * np.cos(turn)
        return around(turn, at(0.5 * (ring + low), turn) + 0.16 * v * height, y - 0.9 + tilt + v * height)

    patch = cover(band, 0.48)
    rim = 0.08 * (patch.v < 0.12)
    base = np.array((0.0, y - 3.0, CENTRE[2]))
    pieces = [Piece(patch, painted(patch, wearer.first, rim), base, label="headwear")]
    inside = cover(lambda u, v: band(u, v) * (0.965, 1, 0.965), 0.7, flip=True)
    pieces.append(Piece(inside, painted(inside, wearer.first, -0.12), base, label="headwear"))
    u = (np.arange(points)) / points
    tips = band(u, np.full(points, 1.0))
    gems = band(u + 0.5 / points, np.full(points, 0.35))
    turn = 2 * np.pi * (u + 0.5 / points)
    for tip in tips:
        pearl = cover(ball(tip, 0.42), 0.3)
        pieces.append(Piece(pearl, painted(pearl, wearer.first, 0.08), base, label="headwear"))
    for k, gem in enumerate(gems):
        away = np.array((np.sin(turn[k]), 0.0, np.cos(turn[k])))
        stone = cover(disc(gem + 0.1 * away, away, 0.52, 0.3), 0.2)
        colour = wearer.second if k % 2 else wearer.colour("#1f6fd0")
        pieces.append(Piece(stone, painted(stone, colour), base, label="headwear"))
    return Dressed(tuple(pieces))


def wreath(wearer: Wearer) -> Dressed:
    """A garland of flowers (or, without a second colour, of laurel leaves) round the head."""
    places = wearer.places
    flowers = wearer.accent.second != wearer.accent.colour
    y = places.brow_y + (2.9 if flowers else 3.2)
    ring = places.ring(y) + 0.35
    base = np.array((0.0, y, CENTRE[2]))
    rise = lambda turn: y - 0.5 * np.cos(turn) + 0.4
    turn = np.linspace(0, 2 * np.pi, 65)
    stem = cover(tube(around(turn, at(ring, turn), rise(turn)), 0.24), 0.32)
    pieces = [Piece(stem, painted(stem, wearer.first, -0.06), base, label="headwear")]
    leaves = []
    count = 26 if flowers else 34
    for k in range(count):
        t = 2 * np.pi * (k + 0.5) / count
        middle = around(np.array([t]), at(ring, np.array([t])) + 0.15, rise(np.array([t])))[0]
        away = np.array((np.sin(t), 0.0, np.cos(t)))
        # Leaves point to the middle of the forehead, from both sides.
        side = np.array((np.cos(t), 0.0, -np.sin(t))) * (-1 if np.sin(t) > 0 else 1)
        up = 1.0 if k % 2 else -0.7
        leaves.append(leaf(middle, side + np.array((0, 0.75 * up, 0)) + 0.35 * away, away, 2.0, 0.55))
    for patch in leaves:
        pieces.append(Piece(patch, painted(patch, wearer.first, 0.05 * (patch.u - 0.5)), base, label="headwear"))
    if flowers:
        colours = (wearer.second, wearer.colour("#fff3f8"), wearer.colour("#ffd75e"), wearer.colour("#b58af0"))
        for k in range(13):
            t = 2 * np.pi * k / 13
            middle = around(np.array([t]), at(ring, np.array([t])) + 0.35, rise(np.array([t])))[0]
            pieces += _flower(middle, np.array((np.sin(t), 0.15, np.cos(t))), colours[k % 4], wearer, base, 0.85)
    return Dressed(tuple(pieces))


def leaf(root: np.ndarray, ahead: np.ndarray, away: np.ndarray, length: float, half: float) -> Patch:
    """A leaf from its root along ``ahead``, its face towards ``away``."""
    ahead = unit(ahead)
    across = np.cross(away, ahead)

    def surface(u, v):
        wide = half * np.sin(np.pi * np.clip(v, 0, 1) ** 0.8) * (2 * u - 1)
        bend = 0.25 * np.abs(2 * u - 1)
        return root + (length * v)[:, None] * ahead + wide[:, None] * across + (0.1 + bend * half)[:, None] * away

    return cover(surface, 0.46)


def _flower(
    middle: np.ndarray, facing: np.ndarray, lab: np.ndarray, wearer: Wearer, base: np.ndarray, radius: float
) -> list[Piece]:
    facing = unit(facing)

    right = unit(np.cross((0.0, 1.0, 0.0), facing))
    up = np.cross(facing, right)

    def petals(u, v):
        turn = 2 * np.pi * u
        r = radius * (1 - v) * (0.72 + 0.28 * np.abs(np.cos(2.5 * turn)))
        flat = np.cos(turn)[:, None] * right + np.sin(turn)[:, None] * up
        return middle + r[:, None] * flat + (0.3 * (r / radius) ** 2 + 0.25)[:, None] * facing

    bloom = cover(petals, 0.37)
    heart = cover(ball(middle + 0.35 * facing, 0.28), 0.26)
    return [
        Piece(bloom, painted(bloom, lab, 0.08 * (0.5 - bloom.v)), base, label="headwear"),
        Piece(heart, painted(heart, wearer.colour("#f4b92e")), base, label="headwear"),
    ]


def bow(wearer: Wearer) -> Dressed:
    """A large ribbon bow on one side of the head."""
    root = wearer.places.on_top(4.6, 2.8)
    away = unit(root - CENTRE)
    right = unit(np.cross((0.0, 0.3, 1.0), away))
    pieces = []
    for sign in _SIDES:
        up = np.cross(right, away)

        def loop(u, v, sign=sign, up=up):
            turn = 2 * np.pi * u
            wide = 0.35 + 1.35 * np.sin(np.pi * np.clip(v, 0, 1) ** 1.3 * 0.62)
            return (
                root + 0.6 * away + (sign * 3.1 * v)[:, None] * right
                + (wide * np.cos(turn))[:, None] * up + (0.5 * wide * np.sin(turn))[:, None] * away
            )  # fmt: skip

        patch = cover(loop, 0.38, flip=sign < 0)
        pieces.append(Piece(patch, painted(patch, wearer.first, -0.1 * np.exp(-patch.v / 0.2)), root, "rigid"))
    knot = cover(ball(root + 0.6 * away, 0.75), 0.3)
    pieces.append(Piece(knot, painted(knot, wearer.first, 0.03), root, "rigid"))
    return Dressed(tuple(pieces))
