"""What is stuck in hair or behind an ear, and what flies about: crystals, pencils, paint, lights."""

import numpy as np

from core.stylize.accents.model import Dressed, Piece, Wearer, painted
from core.stylize.accents.patches import around, ball, cover, disc, tube
from core.stylize.accents.places import CENTRE, Places, at
from core.unit import unit

_SIDES = (1.0, -1.0)


def shards(wearer: Wearer) -> Dressed:
    """Crystals or flames that stand on the head."""
    places, rng = wearer.places, np.random.default_rng(4)
    pieces = []
    spots = [(0.0, 3.5), (2.6, 2.4), (-2.6, 2.4), (4.8, 0.5), (-4.8, 0.5), (1.3, -0.6), (-1.5, -0.4), (3.4, -3.2),
             (-3.4, -3.2), (0.2, -4.6), (6.3, -2.6), (-6.3, -2.6)]  # fmt: skip
    for k, (x, z) in enumerate(spots):
        root = places.on_top(x, z)
        away = root - CENTRE
        away = unit(unit(away) + np.array((0, 0.8, 0)) + 0.25 * rng.normal(size=3))
        length = (2.4 + 1.9 * rng.random() + (0.9 if k < 3 else 0)) * wearer.accent.size
        length = min(length, (16.6 - root[1]) / max(away[1], 0.3))
        line = np.linspace(root - 0.6 * away, root + length * away, 9)
        shard = cover(tube(line, (0.85, 0.95, 0.7, 0.38, 0.0)), 0.34)
        tip = np.clip(shard.v, 0, 1)[:, None]
        lab = (1 - tip) * wearer.first + tip * wearer.second
        # Flat faces.
        lab[:, 0] += 0.07 * np.sign(np.sin(2 * np.pi * 3 * shard.u))
        pieces.append(Piece(shard, lab, root))
    return Dressed(tuple(pieces))


def stick(wearer: Wearer) -> Dressed:
    """A pencil behind the left ear."""
    ear = wearer.places.ears[0]
    x = max(float(wearer.places.ring(ear[1] + 2.6)[16]), ear[0]) + 0.35
    back, front = np.array((x - 0.4, ear[1] + 1.6, -5.0)), np.array((x - 0.1, ear[1] + 3.0, 6.6))
    line = np.linspace(back, front, 24)
    patch = cover(tube(line, (0.48,) * 22 + (0.44, 0.26, 0.03)), 0.26)
    lab = painted(patch, wearer.first, 0.06 * np.sign(np.cos(2 * np.pi * 3 * patch.u)))
    lab[patch.v > 0.87] = wearer.colour("#ecd0a0")
    lab[patch.v > 0.955] = wearer.colour("#2a2a2e")
    lab[patch.v < 0.1] = wearer.second
    lab[(patch.v > 0.1) & (patch.v < 0.15)] = wearer.colour("#b9bcc2")
    return Dressed((Piece(patch, lab, ear, "rigid"),))


def brush(wearer: Wearer) -> Dressed:
    """A paint brush behind the left ear, with wet paint on it."""
    ear = wearer.places.ears[0]
    x = max(float(wearer.places.ring(ear[1] + 2.6)[16]), ear[0]) + 0.4
    line = np.linspace((x - 0.3, ear[1] + 0.6, -7.6), (x + 0.2, ear[1] + 4.2, 3.6), 24)
    wide = np.interp(
        np.linspace(0, 1, 24), (0, 0.3, 0.7, 0.72, 0.82, 0.9, 1), (0.25, 0.5, 0.36, 0.52, 0.52, 0.66, 0.03)
    )
    patch = cover(tube(line, wide), 0.27)
    lab = painted(patch, wearer.first)
    lab[patch.v > 0.7] = wearer.colour("#c9ccd2")
    lab[patch.v > 0.82] = wearer.second
    return Dressed((Piece(patch, lab, ear, "rigid"),))


def splashes(wearer: Wearer) -> Dressed:
    """Drops of paint thrown round the head."""
    rng, pieces = np.random.default_rng(12), []
    colours = [wearer.colour(c) for c in ("#e8547a", "#3f9fd8", "#f4b63c", "#5cbf8a", "#8d62c9")]
    for k in range(30):
        turn, y = np.pi / 2 + 2.4 * (k % 2 - 0.5) * 0.9 + (np.pi if k % 4 > 1 else 0), -11 + 24 * rng.random()
        ring = float(at(wearer.places.ring(float(y)), np.array([turn]))[0]) if y > -7 else 10.0
        middle = around(np.array([turn]), np.array([ring + 0.8 + 2.6 * rng.random() ** 1.5]), np.array([y]))[0]
        if middle[2] > 1:
            # None before the face.
            continue
        away = np.array((np.sin(turn), 0.1, np.cos(turn)))
        drop = cover(disc(middle, away, 0.14 + 0.55 * rng.random() ** 2), 0.22)
        pieces.append(Piece(drop, painted(drop, colours[k % 5]), middle, opacity=0.7, plain=True))
    return Dressed(tuple(pieces))


def needles(wearer: Wearer) -> Dressed:
    """Two knitting needles stuck crosswise through the back of the hair."""
    pieces = []
    base = wearer.places.outside(np.array([[0.0, 6.5, -5.5]]))[0]
    for sign in _SIDES:
        low, high = (
            base + np.array((-sign * 6.0, -5.2, 0.6)),
            base + np.array((sign * 6.4, min(3.6, 15.4 - base[1]), -0.6)),
        )
        needle = cover(tube(np.linspace(low, high, 12), (0.0, 0.28) + (0.28,) * 10), 0.3)
        knob = cover(ball(high, 0.85), 0.3)
        pieces += [
            Piece(needle, painted(needle, wearer.first), base),
            Piece(knob, painted(knob, wearer.second), base),
        ]
    return Dressed(tuple(pieces))


def places_top(places: Places) -> float:
    """Height of the top of hair or hat."""
    return float(places.outside(np.array([[0.0, 1.0, 0.0]]))[0, 1])


def sparkles(wearer: Wearer) -> Dressed:
    """Small lights that float round the head."""
    rng = np.random.default_rng(8)
    pieces = []
    top = places_top(wearer.places)
    for k in range(int(26 * wearer.accent.size)):
        turn, y = 2 * np.pi * k * 0.618, -9 + (top + 9) * rng.random()
        reach = float(at(wearer.places.ring(float(y)), np.array([turn]))[0]) if y > -8 else 10.5
        middle = around(np.array([turn]), np.array([reach + 1.0 + 1.6 * rng.random()]), np.array([y]))[0]
        if middle[2] > 5:
            middle[0] = np.sign(middle[0] or 1) * max(abs(middle[0]), 9.0)
        grain = cover(ball(middle, 0.16 + 0.2 * rng.random()), 0.28)
        colour = wearer.first if k % 2 else wearer.second
        pieces.append(Piece(grain, painted(grain, colour, 0.05), middle, plain=True))
    return Dressed(tuple(pieces))


def crossbones(wearer: Wearer) -> Dressed:
    """Two crossed bones stuck through the back of the hair."""
    pieces = []
    back = wearer.places.outside(np.array([[0.0, 2.6, -5.5]]))[0] + np.array((0.0, 0.0, -0.55))
    for sign in _SIDES:
        across = np.array((sign * 0.8, 0.6, 0.0))
        low, high = back - 5.4 * across, back + 5.4 * across
        bone = cover(tube(np.linspace(low, high, 12), (0.75, 0.55, 0.5, 0.5, 0.5, 0.55, 0.75)), 0.4)
        pieces.append(Piece(bone, painted(bone, wearer.first), back))
        for end in (low, high):
            for side in _SIDES:
                knob = cover(ball(end + side * 0.62 * np.array((-across[1], across[0], 0.0)), 0.85), 0.4)
                pieces.append(Piece(knob, painted(knob, wearer.first, 0.02), back))
    return Dressed(tuple(pieces))


def loop_tool(wearer: Wearer) -> Dressed:
    """A potter's tool, a wooden handle with a loop of wire, left stuck in the head."""
    root = wearer.places.on_top(-3.4, -2.6)
    ahead = unit(np.array((-0.62, 0.66, -0.42)))
    long = min(6.4, (15.6 - root[1]) / ahead[1])
    handle = cover(
        tube(np.linspace(root - 0.8 * ahead, root + 0.68 * long * ahead, 12), (0.42, 0.62, 0.66, 0.52, 0.42)), 0.32
    )
    turn = np.linspace(-np.pi, np.pi, 33)
    right = unit(np.cross(ahead, (0.0, 0.0, 1.0)))
    middle = root + (0.68 * long + 1.25) * ahead
    loop = middle + 1.25 * np.cos(turn)[:, None] * ahead + 1.0 * np.sin(turn)[:, None] * right
    wire = cover(tube(loop, 0.2), 0.26)
    collar = (handle.v > 0.9)[:, None]
    lab = np.where(collar, wearer.second, painted(handle, wearer.first))
    return Dressed((Piece(handle, lab, root), Piece(wire, painted(wire, wearer.second), root)))
