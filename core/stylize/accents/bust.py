"""What lies on the shoulders or stands under them: ruffs, leaves, badges, plinths."""

import numpy as np

from core.stylize.accents.crest import leaf
from core.stylize.accents.model import Dressed, Piece, Wearer, painted
from core.stylize.accents.patches import around, cover, disc, tube
from core.stylize.accents.places import CENTRE

_Z = float(CENTRE[2])


def ruff(wearer: Wearer) -> Dressed:
    """A soft thick roll of fur round the shoulders."""
    turn = np.linspace(0, 2 * np.pi, 81)
    line = around(turn, np.full(81, 8.8) + 0.6 * np.sin(turn) ** 2, -11.4 - 0.9 * np.cos(turn), -1.3)
    fur = cover(tube(line, 1.9), 0.78)
    lab = painted(fur, wearer.first)
    spots = np.sin(31 * fur.v * np.pi) * np.sin(2 * np.pi * 3 * fur.u + 4 * np.sin(40 * fur.v)) > 0.72
    lab[spots] = wearer.second
    return Dressed((Piece(fur, lab, np.array((0.0, -12.0, -1.0)), soft=1.1),))


def leaf_collar(wearer: Wearer) -> Dressed:
    """Leaves laid over the shoulders."""
    pieces = []
    base = np.array((0.0, -11.0, _Z))
    for row, (reach, y, length, half, count) in enumerate(((6.9, -9.9, 4.6, 1.25, 17), (6.2, -9.1, 3.4, 1.0, 15))):
        for k in range(count):
            t = 2 * np.pi * (k + 0.5 * row) / count
            away = np.array((np.sin(t), 0.0, np.cos(t)))
            root = np.array((0.0, y + 0.9 * np.sin(t) ** 2, -1.2)) + reach * away
            patch = leaf(root, away + np.array((0, -0.62, 0)), away * 0.6 + (0, 0.8, 0), length, half)
            rib = 0.07 * (np.abs(patch.u - 0.5) < 0.12)
            pieces.append(Piece(patch, painted(patch, wearer.second if row else wearer.first, rib), base))
    return Dressed(tuple(pieces))


def chest(wearer: Wearer) -> np.ndarray:
    """The front of the clothes, in the middle."""
    cloth = wearer.places.means[wearer.places.of("clothes") & (np.abs(wearer.places.means[:, 0]) < 1.5)]
    return cloth[cloth[:, 2].argmax()] if len(cloth) else np.array((0.0, -12.0, 4.4))


def emblem(wearer: Wearer) -> Dressed:
    """A badge with a star on the chest."""
    middle = chest(wearer) + np.array((0, 0.1, 0.12))
    facing = np.array((0.0, 0.25, 1.0))
    badge = cover(disc(middle, facing, 2.3, 0.3), 0.34)
    plate = disc(middle + 0.34 * facing, facing, 1.0)

    def star(u, v):
        point = 0.42 + 0.58 * np.abs(2 * ((5 * u + 0.75) % 1.0) - 1) ** 1.2
        return (
            middle
            + 0.36 * facing
            + (1.75 * (1 - v) * point)[:, None] * (plate(u, np.zeros(len(u))) - middle - 0.34 * facing)
        )

    shape = cover(star, 0.24)
    return Dressed(
        (Piece(badge, painted(badge, wearer.first), middle), Piece(shape, painted(shape, wearer.second), middle))
    )


def stand(wearer: Wearer) -> Dressed:
    """A plinth under a bust."""

    def block(low: float, high: float, wide: float, narrow: float):
        def surface(u, v):
            turn = 2 * np.pi * u
            corner = np.maximum(np.abs(np.sin(turn)), np.abs(np.cos(turn))) ** 0.55
            r = (wide + (narrow - wide) * v) / corner
            return np.stack([r * np.sin(turn), low + (high - low) * v, -2.0 + 0.82 * r * np.cos(turn)], 1)

        return surface

    foot = cover(block(-17.6, -16.0, 7.6, 7.6), 0.5)
    lid = cover(block(-16.0, -15.95, 7.6, 4.2), 0.6)
    stem = cover(block(-16.0, -13.4, 4.6, 5.6), 0.5)
    plate = cover(
        lambda u, v: np.stack([5.0 * (u - 0.5), -17.3 + v, np.full(len(u), -2.0 + 0.82 * 7.6 + 0.12)], 1), 0.32
    )
    base = np.array((0.0, -13.0, -2.0))
    return Dressed(
        (
            *(Piece(p, painted(p, wearer.first), base) for p in (foot, lid, stem)),
            Piece(plate, painted(plate, wearer.second), base),
        )
    )


def projector(wearer: Wearer) -> Dressed:
    """A dark disc that the figure is projected from, with rings of light rising from it."""
    turn = np.linspace(0, 2 * np.pi, 81)
    base = np.array((0.0, -16.0, -2.0))
    body = cover(tube(np.array([(0, -17.6, -2.0), (0, -16.4, -2.0)]) @ np.eye(3), 9.2), 0.8)
    lid = cover(disc(np.array((0, -16.4, -2.0)), np.array((0, 1.0, 0)), 9.2), 1.0)
    pieces = [Piece(p, painted(p, wearer.colour("#1a2230")), base, plain=True) for p in (body, lid)]
    for radius, y, opacity in ((9.3, -16.9, 0.95), (8.0, -16.2, 0.9), (10.6, -14.6, 0.5), (11.6, -12.8, 0.3)):
        ring = cover(tube(around(turn, np.full(81, radius), np.full(81, y), -2.0), 0.26), 0.55)
        pieces.append(Piece(ring, painted(ring, wearer.first, 0.1), base, opacity=opacity, plain=True))
    return Dressed(tuple(pieces))
