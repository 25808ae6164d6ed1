"""Hats and helmets: they take the place of the person's own, and of the hair inside them."""

import numpy as np

from core.stylize.accents.model import Dressed, Piece, Wearer, painted
from core.stylize.accents.patches import around, ball, cover, disc, tube
from core.stylize.accents.places import CENTRE, Places, at
from core.unit import unit

_Z = float(CENTRE[2])


def _edge(places: Places, above: float, behind: float):
    """Heights and distances of a hat's lower edge by turn."""
    front = min(places.brow_y + above, places.skull_top - 2.6)
    ring = places.ring(front - 0.3)
    wide = places.half_width + 0.9
    # Big hair is pressed, thin hair is not.
    ring = np.clip(ring + 0.15, wide - 0.4, None) if places.hangs else np.clip(ring + 0.15, wide - 0.4, wide + 2.6)
    height = lambda turn: front - behind * (1 - np.cos(turn)) / 2
    return front, ring, height


def _inside(places: Places, front: float, behind: float) -> np.ndarray:
    """Rows that a hat takes the place of: hair and scalp above its lower edge, and the person's own hat."""
    turn = np.arctan2(places.means[:, 0], places.means[:, 2] - _Z)
    above = places.means[:, 1] > front - behind * (1 - np.cos(turn)) / 2 + 0.35
    hidden = places.of("hair", "skin") & above
    if not places.hangs:
        hidden |= places.of("headwear")
    else:
        hidden |= places.of("headwear") & above
    return hidden


def wizard_hat(wearer: Wearer) -> Dressed:
    """A wide brim and a tall cone whose tip falls over, with stars."""
    places = wearer.places
    front, ring, height = _edge(places, 1.7, 1.6)
    top, base = 16.4, np.array((0.0, front, _Z))

    def cone(u, v):
        turn = 2 * np.pi * u
        s = np.clip(v, 0, 1)
        y = height(turn) + (top - height(turn)) * s
        points = around(turn, (at(ring, turn) + 0.35) * (1 - s**1.5) ** 0.9 * (1 - 0.45 * s) + 0.02, y)
        points[:, 2] -= 3.2 * s**3
        points[:, 0] += 2.6 * s**2.5
        points[:, 1] -= 0.3 * np.sin(6 * s + 1) * s
        return points

    def brim(u, v):
        turn = 2 * np.pi * u
        out = 4.3 * v
        return around(
            turn, at(ring, turn) - 0.2 + out, height(turn) - 0.1 - 0.2 * out + 0.5 * v * np.sin(3 * turn) ** 2
        )

    felt, over, under = (
        cover(cone, 0.62),
        cover(brim, 0.72, flip=True),
        cover(lambda u, v: brim(u, v) - (0, 0.2, 0), 0.85),
    )
    band = felt.v < 0.17
    lab = painted(felt, wearer.first, -0.05 * np.sin(9 * felt.v + 4 * np.pi * felt.u) * felt.v)
    lab[band] = wearer.second
    pieces = [
        Piece(felt, lab, base, label="headwear"),
        Piece(over, painted(over, wearer.first, -0.03 * np.exp(-over.v / 0.15)), base, label="headwear"),
        Piece(under, painted(under, wearer.first, -0.08), base, label="headwear"),
    ]
    for u, v in ((0.97, 0.42), (0.2, 0.36), (0.38, 0.5), (0.55, 0.33), (0.74, 0.45), (0.08, 0.62), (0.62, 0.6)):
        here = cone(np.array([u]), np.array([v]))[0]
        away = np.array((np.sin(2 * np.pi * u), 0.35, np.cos(2 * np.pi * u)))
        pieces.append(_star(here + 0.12 * away, away, 0.95, wearer, base))
    return Dressed(tuple(pieces), _inside(places, front, 1.6))


def _star(middle: np.ndarray, facing: np.ndarray, radius: float, wearer: Wearer, base: np.ndarray) -> Piece:
    plate = disc(middle, facing, 1.0)

    def star(u, v):
        point = 0.42 + 0.58 * np.abs(2 * ((5 * u) % 1.0) - 1) ** 1.2
        edge = plate(u, np.zeros(len(u))) - middle
        return middle + (radius * (1 - v) * point)[:, None] * edge

    patch = cover(star, 0.26)
    return Piece(patch, painted(patch, wearer.second, 0.04), base, label="headwear")


def bicorne(wearer: Wearer) -> Dressed:
    """A pirate captain's hat: the brim turned up in front and behind, with a skull and bones."""
    places = wearer.places
    front, ring, height = _edge(places, 1.1, 2.6)
    base = np.array((0.0, front, _Z))
    rise = min(16.2 - front, 8.4)

    def crown(u, v):
        turn, s = 2 * np.pi * u, np.clip(v, 0, 1) * np.pi / 2
        top = front + 0.62 * rise
        return around(turn, at(ring, turn) * np.cos(s) ** 0.7, height(turn) + (top - height(turn)) * np.sin(s) ** 0.8)

    def flap(sign: float, gap: float):
        def surface(u, v):
            across = 2 * u - 1
            x = across * (places.half_width + 5.6)
            wall = np.abs(x) / (places.half_width + 5.6)
            outline = np.clip(1 - np.abs(across) ** 2.2, 0, 1) ** 0.75
            turn = np.arcsin(np.clip(x / (at(ring, np.pi / 2 * np.ones(len(x))) + 2.0), -1, 1))
            turn = turn if sign > 0 else np.pi - turn
            depth = at(ring, turn) * np.sqrt(np.clip(1 - wall**1.6, 0, 1))
            low = height(turn) - 0.2 + 1.0 * wall**2
            y = low + v * outline * rise
            z = _Z + sign * (depth * (0.97 + 0.12 * v) + gap)
            return np.stack([x, y, z], 1)

        return surface

    felt = cover(crown, 1.05)
    pieces = [Piece(felt, painted(felt, wearer.first, -0.02), base, label="headwear")]
    for sign in (1.0, -1.0):
        for gap, inner in ((0.35, False), (0.05, True)):
            patch = cover(flap(sign, gap), 1.2 if inner else 0.84, flip=inner == (sign > 0))
            pieces.append(Piece(patch, painted(patch, wearer.first), base, label="headwear"))
        u = np.linspace(0.01, 0.99, 60)
        braid = cover(tube(flap(sign, 0.2)(u, np.ones(60)), 0.36), 0.72)
        pieces.append(Piece(braid, painted(braid, wearer.second), base, label="headwear"))
    pieces += _jolly_roger(flap(1.0, 0.62), wearer, base, rise)
    return Dressed(tuple(pieces), _inside(places, front, 2.6))


def _jolly_roger(surface, wearer: Wearer, base: np.ndarray, rise: float) -> list[Piece]:
    """A white skull over crossed bones on the front of a hat."""
    bone = wearer.colour("#f4f0e2")
    place = lambda x, y: surface(np.array([0.5 + x / 26.0]), np.array([0.5 + y / rise]))[0]
    middle = place(0.0, 0.5)
    facing = np.array((0.0, -0.1, 1.0))
    skull = cover(disc(middle, facing, 1.55, 0.35), 0.26)
    jaw = cover(disc(place(0.0, -0.95), facing, 0.85, 0.25), 0.24)
    pieces = [Piece(p, painted(p, bone), base, label="headwear", plain=True) for p in (skull, jaw)]
    for sign in (1.0, -1.0):
        line = np.array([place(-2.6 * sign, -2.3), place(0, -0.6), place(2.6 * sign, 1.1)])
        stick = cover(
            tube(np.stack([np.interp(np.linspace(0, 2, 9), range(3), line[:, k]) for k in range(3)], 1), 0.3), 0.26
        )
        pieces.append(Piece(stick, painted(stick, bone, -0.03), base, label="headwear", plain=True))
        for end in (line[0], line[-1]):
            knob = cover(ball(end, 0.48), 0.26)
            pieces.append(Piece(knob, painted(knob, bone), base, label="headwear", plain=True))
        hollow = cover(disc(middle + np.array((0.58 * sign, -0.1, 0.38)), facing, 0.46, 0.1), 0.18)
        pieces.append(Piece(hollow, painted(hollow, wearer.colour("#141318")), base, label="headwear", plain=True))
    return pieces


def space_helmet(wearer: Wearer) -> Dressed:
    """A clear dome on a collar of steel, with lights that glint in it."""
    places = wearer.places
    outer = places.means[places.of("skin", "hair", "headwear", "ear", "glasses")]
    centre = np.array((0.0, 1.9, -0.4))
    outer = outer[outer[:, 1] > -6]
    # Wide hair is pressed into the dome rather than the dome blown up out of the picture.
    wanted = float(np.quantile(np.linalg.norm(outer - centre, axis=1), 0.995)) + 0.8 if len(outer) else 13.0
    radius = float(np.clip(wanted, 12.6, 14.1))
    low = -0.86

    def dome(u, v):
        up = low + (1 - low) * np.clip(v, 0, 1)
        turn = 2 * np.pi * u
        flat = np.sqrt(np.maximum(1 - up**2, 0))
        return centre + radius * np.stack([flat * np.sin(turn), up, flat * np.cos(turn)], 1)

    clear = cover(lambda u, v: dome(0.5 * u - 0.25, v), 1.5)
    behind = cover(lambda u, v: dome(0.5 * u + 0.25, v), 1.5)
    arc = np.linspace(-0.5, 0.5, 61) * 2 * np.arccos(low)
    # Seen from in front it draws the outline of the glass.
    hoop = cover(tube(centre + (radius + 0.05) * np.stack([np.sin(arc), np.cos(arc), 0 * arc], 1), 0.16), 0.36)
    glint_a = cover(_streak(centre, radius, (-0.62, 0.62, 0.5), 0.5, 0.16), 0.5)
    glint_b = cover(_streak(centre, radius, (0.62, 0.66, -0.42), 0.55, 0.18), 0.5)
    y = centre[1] + radius * low
    wide = radius * np.sqrt(1 - low**2)
    turn = np.linspace(0, 2 * np.pi, 81)
    collar = cover(tube(around(turn, np.full(81, wide + 0.2), np.full(81, y)), 1.15), 0.78)
    stripe = cover(tube(around(turn, np.full(81, wide + 0.25), np.full(81, y + 1.25)), 0.42), 0.5)
    base = np.array((0.0, y, _Z))
    pale = wearer.colour("#dff1ff")
    pieces = [
        Piece(clear, painted(clear, pale), base, label="headwear", opacity=0.025, soft=1.35, plain=True),
        Piece(behind, painted(behind, pale), base, label="headwear", opacity=0.07, soft=1.35, plain=True),
        Piece(hoop, painted(hoop, wearer.first), base, label="headwear", opacity=0.9, soft=1.3),
        *(
            Piece(p, painted(p, wearer.colour("#ffffff")), base, label="headwear", opacity=0.5, soft=1.1, plain=True)
            for p in (glint_a, glint_b)
        ),
        Piece(collar, painted(collar, wearer.first), base, label="headwear"),
        Piece(stripe, painted(stripe, wearer.second), base, label="headwear"),
    ]
    for sign in (1.0, -1.0):
        x = float(places.ring(places.ears[0, 1] + 0.5)[16 if sign > 0 else 48]) if len(outer) else 8.0
        ear = np.array((sign * min(x + 0.2, radius - 2.6), places.ears[0, 1], -0.6))
        muff = cover(disc(ear, np.array((sign, 0, 0)), 1.9, 0.9), 0.42)
        pieces.append(Piece(muff, painted(muff, wearer.second), base, label="headwear"))
    pack = np.array((0.0, -10.4, -10.2))
    tank = cover(ball(pack, (5.6, 4.6, 2.4)), 0.8)
    light = cover(disc(pack + np.array((0, 0.8, -2.38)), np.array((0, 0.1, -1.0)), 1.0, 0.2), 0.3)
    pieces += [
        Piece(tank, painted(tank, wearer.first, -0.1 * (np.abs(tank.points[:, 0]) < 0.25)), base),
        Piece(light, painted(light, wearer.second), base),
    ]
    away = np.linalg.norm(places.means - centre, axis=1)
    return Dressed(tuple(pieces), places.of("hair", "headwear") & (away > radius - 0.3) & (places.means[:, 1] > y))


def _streak(centre: np.ndarray, radius: float, towards: tuple[float, float, float], long: float, wide: float):
    """A curved highlight on a dome."""
    d = unit(np.array(towards))
    side = unit(np.cross((0.0, 1.0, 0.0), d))
    up = np.cross(d, side)

    def surface(u, v):
        along = long * (v - 0.5) * 2
        out = wide * (2 * u - 1) * np.sqrt(np.clip(1 - (2 * v - 1) ** 2, 0, 1))
        p = d + along[:, None] * (0.6 * up - np.sign(towards[0]) * 0.6 * side) + out[:, None] * (side + 0.6 * up)
        p = p - 0.25 * (along**2)[:, None] * d
        return centre + (radius + 0.1) * unit(p)

    return surface
