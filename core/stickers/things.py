"""Accents that are things: hats, lamps, stars; each fills a box from -1 to 1, x right and y down."""

import numpy as np

from core.stickers.hand import BLUE, GREEN, GREY, PARTY, PURPLE, RED, TEAL, YELLOW, gloss, solid, stroke, tone
from core.stickers.ink import WHITE, Shape
from core.stickers.outlines import arc, circle, curve, mirrored, moved, rounded, star


def sparkle() -> list[Shape]:
    """A glint of four points."""
    tips = [(0.0, -1.0), (0.82, 0.0), (0.0, 1.0), (-0.82, 0.0)]
    hub = 0.2
    pieces = []
    for k, (x, y) in enumerate(tips):
        to = tips[(k + 1) % 4]
        corner = (hub * np.sign(x + to[0]), hub * np.sign(y + to[1]))
        pieces.append(((x, y), corner, corner, to))
    return [*solid(curve(*pieces), YELLOW, 0.1), gloss(np.array([(-0.05, -0.34), (-0.2, -0.1)]), 0.1)]


def star_shape() -> list[Shape]:
    """A star of five points."""
    return [*solid(rounded(star(5, 0.5), 0.28), YELLOW), gloss(arc(-0.12, -0.1, 0.34, 190, 250), 0.12)]


def sunglasses() -> list[Shape]:
    """Dark lenses in a dark frame, with one reflection across both."""
    frame, lens = tone("17131f"), (tone("3a3358"), tone("14101f"))
    corners = np.array(
        [(0.09, -0.26), (0.5, -0.32), (0.97, -0.27), (0.94, 0.06), (0.72, 0.36), (0.36, 0.36), (0.13, 0.1)]
    )
    right = rounded(corners, 0.42)
    shapes = [Shape(np.array([(-0.16, -0.16), (0.16, -0.16)]), frame, frame, line=0.11)]
    shine = np.array([(0.34, -0.18), (0.6, -0.2), (0.36, 0.24), (0.25, 0.06)])
    glint = np.array([(0.72, -0.2), (0.8, -0.2), (0.54, 0.27), (0.47, 0.27)])
    for side in (right, mirrored(right)):
        shapes += [Shape(side, frame, frame, line=0.1, closed=True), Shape(side, *lens)]
    for offset in (0.0, -1.06):
        shapes += [Shape(moved(part, offset, 0), WHITE, (0.75, 0.8, 1.0), alpha=0.5) for part in (shine, glint)]
    return shapes


def bulb() -> list[Shape]:
    """A light bulb."""
    glass = np.concatenate([arc(0, -0.28, 0.62, 130, 410), [(0.28, 0.48), (-0.28, 0.48)]])
    rays = [
        np.array([(np.sin(a) * 0.84, -0.28 - np.cos(a) * 0.84), (np.sin(a) * 1.02, -0.28 - np.cos(a) * 1.02)])
        for a in np.radians((-100, -60, -20, 20, 60, 100))
    ]
    socket = rounded(np.array([(-0.28, 0.5), (0.28, 0.5), (0.22, 0.92), (-0.22, 0.92)]), 0.3)
    wire = np.array([(-0.2, 0.4), (-0.16, -0.1), (0.0, 0.1), (0.16, -0.1), (0.2, 0.4)])
    edge = YELLOW[2]
    return [
        *(Shape(ray, YELLOW[1], YELLOW[1], line=0.13) for ray in rays),
        *solid(glass, YELLOW, 0.1),
        Shape(wire, edge, edge, line=0.07),
        *solid(socket, (GREY[1], GREY[2], tone("6b7491")), 0.08),
        gloss(arc(0, -0.28, 0.42, 195, 250), 0.12),
    ]


def note() -> list[Shape]:
    """Two joined notes of music."""
    light, deep, edge = PURPLE
    stems = np.array([(-0.4, 0.62), (-0.4, -0.62), (0.62, -0.84), (0.62, 0.4)])
    beam = np.array([(-0.4, -0.48), (0.62, -0.7)])
    heads = [moved(circle(0, 0, 0.3, 0.74), x, y, 1.0, -18) for x, y in ((-0.62, 0.66), (0.4, 0.44))]
    shapes = [Shape(stems, edge, edge, line=0.26), Shape(beam, edge, edge, line=0.44)]
    shapes += [Shape(head, edge, edge, line=0.12, closed=True) for head in heads]
    shapes += [Shape(stems, light, deep, line=0.14), Shape(beam, light, light, line=0.3)]
    return [*shapes, *(Shape(head, light, deep) for head in heads)]


def snowflake() -> list[Shape]:
    """A flake of six arms."""
    shapes = []
    arms = []
    for turn in range(0, 360, 60):
        arms += [
            moved(np.array(line, float), 0, 0, 1.0, turn)
            for line in (((0, 0), (0, -0.9)), ((-0.24, -0.78), (0, -0.52), (0.24, -0.78)))
        ]
    shapes += [Shape(arm, TEAL[2], TEAL[2], line=0.3) for arm in arms]
    return [*shapes, *(Shape(arm, WHITE, TEAL[0], line=0.15) for arm in arms)]


def halo() -> list[Shape]:
    """A ring of light above a head."""
    ring = circle(0, 0, 0.92, 0.3)
    light, deep, edge = YELLOW
    return [
        Shape(ring, edge, edge, line=0.3, closed=True),
        Shape(ring, light, deep, line=0.19, closed=True),
        gloss(arc(0, 0, 0.92, 200, 250, 0.3), 0.07),
    ]


def horn() -> list[Shape]:
    """A horn whose root is at the bottom, bent to the left."""
    shape = curve(
        ((-0.12, 0.95), (-0.5, 0.55), (-0.8, -0.2), (-0.62, -0.95)),
        ((-0.4, -0.3), (0.3, 0.0), (0.72, 0.62)),
        ((0.55, 0.95), (0.1, 1.08), (-0.12, 0.95)),
    )
    return [
        *solid(shape, (tone("ff7d5c"), tone("dd2440"), tone("8f0f26"))),
        gloss(arc(0.45, -0.05, 0.95, 150, 178), 0.1),
    ]


def party_hat() -> list[Shape]:
    """A striped cone with a pompom."""
    cone = curve(
        ((0, -0.72), (0.2, -0.3), (0.5, 0.4), (0.66, 0.84)),
        ((0.35, 1.02), (-0.35, 1.02), (-0.66, 0.84)),
        ((-0.5, 0.4), (-0.2, -0.3), (0, -0.72)),
    )
    bands = []
    for low, high, tones in ((-0.32, -0.05, YELLOW), (0.24, 0.52, BLUE)):
        width = lambda y: 0.66 * (y + 0.72) / 1.56 - 0.03
        bands.append(
            Shape(
                np.array(
                    [(-width(low), low), (width(low), low - 0.05), (width(high), high - 0.05), (-width(high), high)]
                ),
                *tones[:2],
            )
        )
    light, deep, edge = PURPLE
    return [
        Shape(cone, light, deep),
        *bands,
        Shape(cone, edge, edge, line=0.1, closed=True),
        *solid(moved(star(9, 0.2, 0.3), 0, -0.74), RED, 0.07),
    ]


def crown() -> list[Shape]:
    """A golden crown with three stones."""
    outline = np.array(
        [(-0.82, 0.6), (-0.98, -0.42), (-0.46, 0.02), (0.0, -0.72), (0.46, 0.02), (0.98, -0.42), (0.82, 0.6)]
    )
    stones = ((-0.5, 0.36, BLUE), (0.0, 0.3, RED), (0.5, 0.36, GREEN))
    tips = ((-0.96, -0.46), (0, -0.78), (0.96, -0.46))
    shapes = solid(rounded(outline, 0.12), YELLOW)
    for x, y in tips:
        shapes += solid(circle(x, y, 0.12), YELLOW, 0.07)
    for x, y, tones in stones:
        shapes += solid(circle(x, y, 0.13), tones, 0.06)
    return shapes


def waving_hand() -> list[Shape]:
    """An open hand in a white glove, fingers up, its thumb to the left."""
    light, deep, edge = GREY
    palm = rounded(np.array([(-0.4, -0.1), (0.52, -0.16), (0.5, 0.5), (0.28, 0.74), (-0.2, 0.74), (-0.42, 0.4)]), 0.3)
    fingers = [
        np.array(line)
        for line in (
            ((-0.24, 0.0), (-0.34, -0.62)),
            ((0.03, -0.05), (0.02, -0.8)),
            ((0.28, -0.02), (0.36, -0.68)),
            ((0.46, 0.1), (0.64, -0.42)),
            ((-0.2, 0.36), (-0.72, 0.0)),
        )
    ]
    cuff = np.array([(-0.2, 0.84), (0.28, 0.84)])
    shapes = [Shape(palm, edge, edge, line=0.13, closed=True)]
    shapes += [Shape(finger, edge, edge, line=0.37) for finger in fingers]
    shapes += [Shape(palm, light, deep), *(Shape(finger, light, light, line=0.24) for finger in fingers)]
    return [*shapes, *stroke(cuff, RED, 0.34)]


def rain() -> list[Shape]:
    """A small cloud that rains."""
    puffs = [
        circle(x, y, r) for x, y, r in ((-0.5, -0.2, 0.36), (0.0, -0.45, 0.45), (0.5, -0.22, 0.38), (0.0, -0.1, 0.4))
    ]
    tones = (tone("c4cde0"), tone("7f8bab"), tone("535e80"))
    drops = [
        np.array([(x, y), (x - 0.08, y + 0.24)])
        for x, y in ((-0.5, 0.36), (0.02, 0.44), (0.52, 0.36), (-0.24, 0.7), (0.28, 0.72))
    ]
    shapes = [Shape(ring, tones[2], tones[2], line=0.14, closed=True) for ring in puffs]
    shapes += [Shape(ring, *tones[:2]) for ring in puffs]
    return [*shapes, *(part for line in drops for part in stroke(line, BLUE, 0.19))]


def confetti(number: int) -> list[Shape]:
    """A piece of confetti: a strip, a disc, a curl or a square by number, in turning colours."""
    tones = PARTY[number % len(PARTY)]
    kind = number % 4
    if kind == 0:
        return solid(np.array([(-0.4, -0.85), (0.4, -0.85), (0.4, 0.85), (-0.4, 0.85)]), tones, 0.16)
    if kind == 1:
        return solid(circle(0, 0, 0.68), tones, 0.16)
    if kind == 2:
        wave = curve(((-0.9, 0.1), (-0.5, -1.0), (-0.2, -0.6), (0, 0.05)), ((0.2, 0.7), (0.5, 0.9), (0.9, -0.1)))
        return stroke(wave, tones, 0.52)
    return solid(rounded(np.array([(0, -0.85), (0.8, 0.6), (-0.8, 0.6)]), 0.15), tones, 0.16)
