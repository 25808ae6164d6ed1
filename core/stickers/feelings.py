"""Accents that show what someone feels or says; each fills a box from -1 to 1, x right and y down."""

import numpy as np

from core.stickers.hand import BLUE, GREY, INK, PURPLE, RED, YELLOW, gloss, solid, stroke, tone
from core.stickers.ink import WHITE, Shape, placed
from core.stickers.outlines import arc, circle, curve, mirrored, moved, rounded


def _heart_points() -> np.ndarray:
    half = curve(
        ((0, 0.92), (-0.35, 0.62), (-0.98, 0.2), (-0.98, -0.32)),
        ((-0.98, -0.72), (-0.7, -0.92), (-0.44, -0.92)),
        ((-0.22, -0.92), (-0.06, -0.76), (0, -0.56)),
    )
    return np.concatenate([half, mirrored(half)])


def heart() -> list[Shape]:
    """A heart."""
    return [*solid(_heart_points(), RED), gloss(arc(-0.45, -0.36, 0.3, 175, 260), 0.15)]


def broken_heart() -> list[Shape]:
    """A heart with a crack."""
    crack = np.array([(-0.02, -0.56), (0.16, -0.26), (-0.16, 0.02), (0.12, 0.3), (0.0, 0.62)])
    dark = RED[2]
    return [*heart(), Shape(crack, dark, dark, line=0.3), Shape(crack, WHITE, WHITE, line=0.15)]


def _drop_points() -> np.ndarray:
    half = curve(((0, -1), (-0.1, -0.6), (-0.66, -0.1), (-0.66, 0.34)), ((-0.66, 0.7), (-0.36, 0.96), (0, 0.96)))
    return np.concatenate([half, mirrored(half)])


def drop() -> list[Shape]:
    """A tear, or a drop of sweat."""
    return [*solid(_drop_points(), BLUE), gloss(arc(0, 0.34, 0.36, 110, 190), 0.14)]


def stream() -> list[Shape]:
    """Tears that run down from an eye at the top of the box, and splash."""
    side = curve(
        ((0, -1), (-0.22, -0.98), (-0.3, -0.7), (-0.26, -0.3)),
        ((-0.22, 0.1), (-0.3, 0.4), (-0.36, 0.62)),
        ((-0.42, 0.9), (-0.2, 1.0), (0.0, 0.98)),
    )
    shape = np.concatenate([side, mirrored(side)])
    shines = (np.array([(-0.07, -0.7), (-0.07, -0.1)]), arc(0, 0.66, 0.18, 110, 190))
    return [*solid(shape, BLUE, 0.07), *(gloss(shine, 0.09) for shine in shines)]


def puff() -> list[Shape]:
    """A cloud of steam that leaves to the right."""
    rings = [circle(-0.62, 0.12, 0.26), circle(-0.1, -0.12, 0.42), circle(0.5, 0.08, 0.44), circle(0.1, 0.3, 0.36)]
    light, deep, edge = GREY
    rims = [Shape(ring, edge, edge, line=0.2, closed=True) for ring in rings]
    return [*rims, *(Shape(ring, light, deep) for ring in rings)]


def snooze() -> list[Shape]:
    """The letter of sleep."""
    return stroke(np.array([(-0.55, -0.66), (0.55, -0.66), (-0.55, 0.66), (0.55, 0.66)]), PURPLE, 0.52)


def question() -> list[Shape]:
    """A question mark."""
    hook = np.concatenate([arc(0, -0.42, 0.42, 180, 400), [(0.0, 0.12), (0.0, 0.3)]])
    return [*stroke(hook, PURPLE, 0.44), *stroke(np.array([(0, 0.76), (0, 0.77)]), PURPLE, 0.46)]


def exclamation() -> list[Shape]:
    """An exclamation mark."""
    light, deep, edge = RED
    wedge = rounded(np.array([(-0.3, -0.95), (0.3, -0.95), (0.15, 0.34), (-0.15, 0.34)]), 0.3)
    dot = circle(0, 0.74, 0.22)
    return [*solid(wedge, (light, deep, edge)), *solid(dot, (light, deep, edge))]


def anger() -> list[Shape]:
    """Four bent strokes: a throbbing vein."""
    bend = curve(((-0.9, -0.3), (-0.5, -0.22), (-0.22, -0.5), (-0.3, -0.9)))
    shapes = []
    for turn in (0, 90, 180, 270):
        shapes += [Shape(moved(bend, 0, 0, 1.0, turn), RED[2], RED[2], line=0.36)]
    for turn in (0, 90, 180, 270):
        shapes += [Shape(moved(bend, 0, 0, 1.0, turn), RED[0], RED[1], line=0.2)]
    return shapes


def blush() -> list[Shape]:
    """A warm cheek with three strokes."""
    warm = tone("ff5a6e")
    strokes = [np.array([(x + 0.1, -0.2), (x - 0.1, 0.2)]) for x in (-0.42, 0.0, 0.42)]
    glow = [Shape(circle(0, 0, r, 0.62), warm, warm, alpha=0.13) for r in (1.0, 0.8, 0.6)]
    return [*glow, *(Shape(stroke, RED[1], RED[1], line=0.11, alpha=0.75) for stroke in strokes)]


def kiss() -> list[Shape]:
    """The print of two lips."""
    upper = curve(((-0.95, 0), (-0.6, -0.35), (-0.35, -0.6), (-0.2, -0.5)), ((-0.1, -0.45), (-0.05, -0.4), (0, -0.36)))
    upper = np.concatenate([upper, mirrored(upper), curve(((0.95, 0), (0.4, -0.1), (-0.4, -0.1), (-0.95, 0)))])
    lower = curve(((-0.8, 0.12), (-0.4, 0.06), (0.4, 0.06), (0.8, 0.12)), ((0.45, 0.66), (-0.45, 0.66), (-0.8, 0.12)))
    return [*solid(upper, RED), *solid(lower, RED)]


def gritted_teeth() -> list[Shape]:
    """A mouth drawn wide that shows both rows of teeth."""
    mouth = curve(
        ((-0.96, 0.1), (-0.98, -0.28), (-0.66, -0.36), (0.0, -0.32)),
        ((0.66, -0.36), (0.98, -0.28), (0.96, 0.1)),
        ((0.94, 0.46), (0.5, 0.42), (0.0, 0.4)),
        ((-0.5, 0.42), (-0.94, 0.46), (-0.96, 0.1)),
    )
    rim, gap = tone("8e2f45"), tone("aab2c8")
    gaps = [np.array([(x, -0.33), (x, 0.39)]) for x in (-0.6, -0.2, 0.2, 0.6)]
    shapes = [Shape(mouth, rim, tone("b5485c"), line=0.3, closed=True), Shape(mouth, WHITE, tone("e4e9f5"))]
    shapes += [Shape(line, gap, gap, line=0.07) for line in (*gaps, np.array([(-0.94, 0.05), (0.94, 0.05)]))]
    return [*shapes, Shape(mouth, rim, rim, line=0.07, closed=True)]


def spiral() -> list[Shape]:
    """A dizzy eye."""
    turn = np.linspace(0.4, 5.2 * np.pi, 90)
    points = np.stack([np.cos(turn), np.sin(turn)], 1) * (turn / turn[-1] * 0.82)[:, None]
    return [
        Shape(circle(0, 0, 1.0), WHITE, tone("e4e9f5")),
        Shape(points, INK, INK, line=0.16),
        Shape(circle(0, 0, 1.0), INK, INK, line=0.13, closed=True),
    ]


def rays() -> list[Shape]:
    """Short strokes that leave upwards: surprise."""
    spokes = [
        np.array([(np.sin(a) * 0.7, 0.9 - np.cos(a) * 0.7), (np.sin(a) * long, 0.9 - np.cos(a) * long)])
        for a, long in zip(np.radians((-38, 0, 38)), (1.45, 1.75, 1.45), strict=True)
    ]
    return [part for spoke in spokes for part in stroke(spoke, YELLOW, 0.32)]


def thought() -> list[Shape]:
    """A cloud of thought with a question mark, its bubbles down to the left."""
    puffs = [
        circle(x, y, r) for x, y, r in ((-0.45, -0.3, 0.45), (0.1, -0.5, 0.47), (0.52, -0.2, 0.44), (0.0, 0.0, 0.46))
    ]
    puffs += [circle(-0.55, 0.5, 0.17), circle(-0.82, 0.84, 0.1)]
    light, _, edge = GREY
    rims = [Shape(ring, edge, edge, line=0.12, closed=True) for ring in puffs]
    return [*rims, *(Shape(ring, light, tone("eef1f8")) for ring in puffs), *placed(question(), 0.04, -0.24, 0.46)]


def speech() -> list[Shape]:
    """A balloon with three dots, its tail down to the left."""
    return [*_balloon(), *(Shape(circle(x, -0.2, 0.13), *PURPLE[:2]) for x in (-0.42, 0.0, 0.42))]


def speech_heart() -> list[Shape]:
    """A balloon with a heart."""
    return [*_balloon(), *placed(heart(), 0, -0.17, 0.42)]


def _balloon() -> list[Shape]:
    top = rounded(np.array([(-0.95, -0.8), (0.95, -0.8), (0.95, 0.42), (-0.95, 0.42)]), 0.42)
    tail = np.array([(-0.6, 0.25), (-0.08, 0.36), (-0.72, 0.95)])
    light, deep, edge = GREY
    return [
        Shape(top, edge, edge, line=0.12, closed=True),
        Shape(tail, edge, edge, line=0.12, closed=True),
        Shape(top, light, tone("eef1f8")),
        Shape(tail, tone("f2f4fa"), deep),
    ]
