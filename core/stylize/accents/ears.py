"""What grows out of a head: ears, antennae, horns."""

import numpy as np

from core.stylize.accents.model import Dressed, Piece, Wearer, painted
from core.stylize.accents.patches import ball, bent, cover, tube
from core.stylize.accents.places import CENTRE

_SIDES = (1.0, -1.0)


def pointed_ears(wearer: Wearer) -> Dressed:
    """Long ears that come to a point, behind and above the person's own."""
    pieces = []
    for sign, ear in zip(_SIDES, wearer.places.ears, strict=True):
        reach = 1.0 * wearer.accent.size
        # Hair over the ears must not hide the points.
        hair = wearer.places.outside(np.array([[sign * 6.5, ear[1] + 1.5 - CENTRE[1], 0.2]]))[0]
        out = max(0.0, abs(hair[0]) - abs(ear[0]) - 0.4)
        root = ear + np.array((-0.5 * sign, -0.9, 0.2))
        spine = bent(
            [root, ear + np.array((sign * (0.9 + 0.5 * out), 1.4, -0.5)),
             ear + np.array((sign * (2.0 * reach + out), 3.4 * reach, -1.3)),
             ear + np.array((sign * (3.0 * reach + out), 5.6 * reach, -2.1))]
        )  # fmt: skip
        width = np.array((0.9, 1.55, 1.5, 1.15, 0.75, 0.36, 0.0)) * 0.95

        def blade(u, v, spine=spine, width=width, sign=sign):
            steps = np.linspace(0, 1, len(spine))
            line = np.stack([np.interp(v, steps, spine[:, k]) for k in range(3)], 1)
            wide = np.interp(v, np.linspace(0, 1, len(width)), width)
            turn = 2 * np.pi * u
            fore = np.array((sign * 0.45, -0.2, 0.87))
            thick = np.array((sign * 0.85, -0.25, -0.45))
            return line + (wide * np.cos(turn))[:, None] * fore + (0.32 * wide * np.sin(turn))[:, None] * thick

        patch = cover(blade, 0.34, flip=sign < 0)
        outer = patch.normals @ np.array((sign * 0.85, -0.25, -0.45)) > 0
        inner = outer & (np.abs(np.cos(2 * np.pi * patch.u)) < 0.72) & (patch.v > 0.2) & (patch.v < 0.86)
        lab = painted(patch, wearer.first)
        lab[inner] += np.array((-0.09, 0.03, 0.008))
        pieces.append(Piece(patch, lab, root, "rigid"))
    return Dressed(tuple(pieces))


def animal_ears(wearer: Wearer) -> Dressed:
    """A cat's ears on top of the head, of the colour of the hair."""
    pieces = []
    for sign in _SIDES:
        root = wearer.places.on_top(sign * 5.2, 0.6) - (0, 1.2, 0)
        tip = root + np.array((sign * 1.7, 5.6, -0.3))

        def cone(u, v, root=root, tip=tip, sign=sign):
            turn = 2 * np.pi * u
            wide = 2.7 * (1 - v) ** 0.8
            lean = np.array((0.94, -0.3 * sign, 0.1))
            flat = np.array((0.0, 0.0, 0.42))
            # The front is hollow.
            sunk = np.where(np.cos(turn) > 0, 0.25, 1.0)
            return (
                root + v[:, None] * (tip - root)
                + (wide * np.sin(turn))[:, None] * lean + (wide * np.cos(turn) * sunk)[:, None] * flat * 1.6
            )  # fmt: skip

        patch = cover(cone, 0.42)
        turn = 2 * np.pi * patch.u
        inner = (np.cos(turn) > 0) & (np.abs(np.sin(turn)) < 0.8) & (patch.v < 0.8)
        lab = painted(patch, wearer.first)
        lab[inner] = wearer.second
        pieces.append(Piece(patch, lab, root, "rigid"))
    return Dressed(tuple(pieces))


def antennae(wearer: Wearer) -> Dressed:
    """Two thin stalks with balls."""
    pieces = []
    for sign in _SIDES:
        root = wearer.places.on_top(sign * 3.0, 2.4) - (0, 0.4, 0)
        top = np.array((root[0] + sign * 2.4, min(root[1] + 4.4, 15.4), root[2] + 1.0))
        line = bent([root, root + 0.5 * (top - root) + (-0.5 * sign, 0.5, -0.4), top])
        stalk = cover(tube(line, (0.42, 0.27, 0.22)), 0.26)
        knob = cover(ball(top, 0.95 * wearer.accent.size), 0.34)
        pieces += [
            Piece(stalk, painted(stalk, wearer.first), root, "rigid"),
            Piece(knob, painted(knob, wearer.second), root, "rigid"),
        ]
    return Dressed(tuple(pieces))


def horns(wearer: Wearer) -> Dressed:
    """Two ringed horns that curve up."""
    pieces = []
    for sign in _SIDES:
        root = wearer.places.on_top(sign * 4.3, 3.2) - (sign * 0.5, 0.7, 0)
        up = min(1.0, (16.6 - root[1]) / 5.0) * wearer.accent.size
        line = bent([root, root + np.array((sign * 1.9, 1.5 * up, 0.3)), root + np.array((sign * 2.7, 3.4 * up, 0.2)),
                     root + np.array((sign * 1.7, 5.4 * up, 0.5))])  # fmt: skip
        horn = cover(tube(line, (1.35, 1.15, 0.85, 0.45, 0.02)), 0.3)
        rings = -0.07 * (np.cos(2 * np.pi * 7 * horn.v) > 0.55) + 0.12 * horn.v
        pieces.append(Piece(horn, painted(horn, wearer.first, rings), root, "rigid"))
    return Dressed(tuple(pieces))
