"""What is worn on the face and at the ears: eye patches, fangs, goggles, gears, a machine's ear caps."""

import numpy as np

from core.stylize.accents.bust import chest
from core.stylize.accents.model import Dressed, Piece, Wearer, painted
from core.stylize.accents.patches import around, ball, cover, disc, tube
from core.stylize.accents.places import CENTRE, at
from core.unit import unit

_SIDES = (1.0, -1.0)
_Z = float(CENTRE[2])


def eye_patch(wearer: Wearer) -> Dressed:
    """A black patch over the right eye, with a cord round the head."""
    places = wearer.places
    eye = places.eyes[1]
    middle = eye + np.array((-0.1, -0.1, 0.35))
    facing = np.array((-0.32, 0.02, 1.0))
    patch = cover(disc(middle, facing, 2.15, 0.55), 0.28)
    # Straight above, round below.
    patch.points[:, 1] = np.minimum(patch.points[:, 1], middle[1] + 1.35)
    turn = np.linspace(0, 2 * np.pi, 81)
    height = places.brow_y + 0.6 + 1.6 * np.sin(turn) - 1.2 * (1 - np.cos(turn)) / 2
    distance = np.array([at(places.ring(float(y)), np.array([t]))[0] for y, t in zip(height, turn, strict=True)])
    cord = cover(tube(around(turn, distance + 0.14, height), 0.2), 0.42)
    front = cord.points[:, 2] > 2
    return Dressed(
        (
            Piece(patch, painted(patch, wearer.first, 0.03 * (patch.v < 0.15)), middle - (0, 0, 0.6), "rigid"),
            Piece(cord, painted(cord, wearer.first, np.where(front, 0.0, 0.02)), np.array((0, 4.0, _Z)), "soft"),
        )
    )


def fangs(wearer: Wearer) -> Dressed:
    """Two long eye-teeth that show when the mouth is shut."""
    places = wearer.places
    pieces = []
    for sign in _SIDES:
        x = sign * 0.42 * places.mouth_half
        lips = places.means[places.of("lips") & (np.abs(places.means[:, 0] - x) < 0.35)]
        z = float(lips[:, 2].max()) if len(lips) else float(places.mouth[2])
        root = np.array((x, places.lip_y + 0.12, z - 0.12))
        line = np.linspace(root, root + np.array((0.04 * sign, -1.0 * wearer.accent.size, 0.12)), 8)
        tooth = cover(tube(line, (0.27, 0.26, 0.19, 0.02)), 0.13)
        upper = root + np.array((0.0, 0.5, 0.2))
        pieces.append(Piece(tooth, painted(tooth, wearer.first), upper, "rigid", plain=True))
    return Dressed(tuple(pieces))


def bolts(wearer: Wearer) -> Dressed:
    """Ear caps with rivets, and an aerial on top: a machine's head."""
    places, pieces = wearer.places, []
    for sign, ear in zip(_SIDES, places.ears, strict=True):
        x = max(float(at(places.ring(ear[1] + 0.5), np.array([sign * np.pi / 2]))[0]), abs(ear[0])) + 0.1
        middle = np.array((sign * x, ear[1] + 0.3, -0.7))
        away = np.array((sign, 0.0, 0.0))
        drum = cover(tube(np.linspace(middle - 1.2 * away, middle + 0.9 * away, 4), 2.1), 0.36)
        lid = cover(disc(middle + 0.9 * away, away, 2.1, 0.35), 0.36)
        knob = cover(tube(np.linspace(middle + 0.9 * away, middle + 2.2 * away, 4), 0.75), 0.3)
        end = cover(disc(middle + 2.2 * away, away, 0.75, 0.15), 0.28)
        groove = -0.12 * (np.abs(lid.v - 0.35) < 0.07)
        pieces += [
            Piece(drum, painted(drum, wearer.first, -0.04), middle, "rigid"),
            Piece(lid, painted(lid, wearer.first, groove), middle, "rigid"),
            Piece(knob, painted(knob, wearer.first, -0.05), middle, "rigid"),
            Piece(end, painted(end, wearer.second), middle, "rigid", plain=True),
        ]
    root = places.on_top(0.0, -0.8) - (0, 0.3, 0)
    tip = np.array((0.0, min(root[1] + 3.2, 15.8), -0.8))
    foot = cover(disc(root + np.array((0, 0.25, 0)), np.array((0, 1.0, 0)), 1.7, 0.6), 0.34)
    rod = cover(tube(np.linspace(root, tip, 6), 0.26), 0.28)
    lamp = cover(ball(tip, 0.85), 0.3)
    pieces += [
        Piece(foot, painted(foot, wearer.first), root),
        Piece(rod, painted(rod, wearer.first, 0.05), root),
        Piece(lamp, painted(lamp, wearer.second, 0.06 * lamp.normals[:, 1]), root, plain=True),
    ]
    return Dressed(tuple(pieces))


def earring(wearer: Wearer) -> Dressed:
    """One golden hoop at the left ear."""
    ear = wearer.places.ears[0]
    turn = np.linspace(0, 2 * np.pi, 49)
    middle = ear + np.array((1.0, -3.2, 0.2))
    line = middle + np.stack([0.45 * np.sin(turn), np.cos(turn), 0.85 * np.sin(turn)], 1)
    hoop = cover(tube(line, 0.2), 0.2)
    return Dressed((Piece(hoop, painted(hoop, wearer.first), ear - (0, 1.6, 0), "rigid"),))


def goggles(wearer: Wearer) -> Dressed:
    """Brass goggles pushed up on the forehead, on a strap of leather."""
    places = wearer.places
    y = places.brow_y + 2.0
    ring = places.ring(y) + 0.3
    base = np.array((0.0, y, _Z))
    strap = cover(
        lambda u, v: around(2 * np.pi * u, at(ring, 2 * np.pi * u), y + 1.8 * (v - 0.5) - 0.9 * np.sin(np.pi * u) ** 2),
        0.42,
    )
    pieces = [Piece(strap, painted(strap, wearer.second), base, label="headwear")]
    for sign in _SIDES:
        turn = np.array([sign * 0.36])
        middle = around(turn, at(ring, turn) + 0.5, np.array([y + 0.2]))[0]
        facing = unit(np.array((np.sin(turn[0]) * 0.6, 0.12, 1.0)))
        angle = np.linspace(0, 2 * np.pi, 49)
        right = np.cross((0.0, 1.0, 0.0), facing)
        up = np.cross(facing, right)
        line = middle + 0.7 * facing + 2.05 * (np.cos(angle)[:, None] * right + np.sin(angle)[:, None] * up)
        rim = cover(tube(line, 0.42), 0.32)
        barrel = cover(tube(np.linspace(middle - 0.6 * facing, middle + 0.8 * facing, 4), 2.1), 0.4)
        lens = cover(disc(middle + 0.75 * facing, facing, 1.8, 0.4), 0.36)
        glint = np.where(
            lens.points @ np.array((-0.5, 1.0, 0.0)) > middle @ np.array((-0.5, 1.0, 0.0)) + 0.5, 0.25, 0.0
        )
        pieces += [
            Piece(barrel, painted(barrel, wearer.first, -0.06), base, label="headwear"),
            Piece(rim, painted(rim, wearer.first, 0.04), base, label="headwear"),
            Piece(lens, painted(lens, wearer.colour("#2f6f74"), glint), base, label="headwear", plain=True),
        ]
    return Dressed(tuple(pieces))


def gears(wearer: Wearer) -> Dressed:
    """Toothed wheels at the side and back of a strap, and one as a brooch."""
    places = wearer.places
    y = places.brow_y + 1.4
    ring = places.ring(y) + 0.35
    pieces = []
    spots = [(np.pi / 2 + 0.25, y, 2.1), (np.pi / 2 - 0.35, y + 1.2, 1.3), (-np.pi / 2 - 0.25, y, 2.1),
             (-np.pi / 2 + 0.35, y + 1.2, 1.3), (np.pi, y - 0.6, 2.5), (np.pi - 0.45, y + 1.1, 1.5)]  # fmt: skip
    for k, (t, high, radius) in enumerate(spots):
        middle = around(np.array([t]), at(ring, np.array([t])) + 0.25, np.array([high]))[0]
        pieces += _gear(middle, np.array((np.sin(t), 0.1, np.cos(t))), radius, wearer, k % 2 == 1)
    pieces += _gear(chest(wearer) + np.array((0, 0.2, 0.15)), np.array((0.0, 0.3, 1.0)), 1.9, wearer, False)
    return Dressed(tuple(pieces))


def _gear(middle: np.ndarray, facing: np.ndarray, radius: float, wearer: Wearer, silver: bool) -> list[Piece]:
    facing = unit(facing)
    plate = disc(np.zeros(3), facing, 1.0)
    teeth = 10 if radius > 1.6 else 8

    def wheel(u, v):
        edge = np.where((u * teeth) % 1.0 < 0.5, 1.0, 0.8)
        flat = plate(u, np.zeros(len(u)))
        r = radius * edge * (0.3 + 0.7 * (1 - v))
        return middle + r[:, None] * flat + (0.25 * np.sin(np.pi * v))[:, None] * facing

    patch = cover(wheel, 0.26)
    lab = painted(patch, wearer.second if silver else wearer.first, -0.13 * (np.abs(patch.v - 0.45) < 0.1))
    return [Piece(patch, lab, middle)]
