"""Caps, beanies, hats, turbans and headbands as splats."""

import numpy as np

from core.gaussians import Gaussians, concatenate
from core.smoothstep import smoothstep
from core.traits.cloth import Surface, cloth_splats, cover, mixed, tube
from core.traits.headwear_shapes import WornShape, around
from core.unit import unit

_SPACING_CM = 0.36
_THIN_CM = 0.2
_VISOR_RAD = np.radians(64)
_PANELS = 6
_FOLD_OUT_CM = 0.34
_BAND_CM = 1.5
_WRAP_CM = 2.0


def hat_splats(shape: WornShape) -> Gaussians:
    """The splats of headwear that does not hang below the ears."""
    return {"cap": _cap, "beanie": _beanie, "hat": _hat, "turban": _turban, "headband": _headband}[shape.worn.kind](
        shape
    )


def _cap(shape: WornShape) -> Gaussians:
    crown = cover(shape.crown, _SPACING_CM)
    turn = 2 * np.pi * crown.u
    # Seams between the panels run from the button down; the two front panels meet in the middle.
    panel = np.abs((crown.u * _PANELS + 0.5) % 1.0 - 0.5) / _PANELS * 2 * np.pi * shape.ring(turn) * (1 - crown.v**2)
    seam = np.exp(-((panel / 0.16) ** 2))
    hem = np.exp(-(((crown.points[:, 1] - shape.edge(turn) - 0.9) / 0.12) ** 2))
    tone = 1 - 0.16 * seam - 0.08 * hem
    top = crown.points[crown.points[:, 1].argmax()]
    button = cover(_dome(top - (0, 0.12, 0), 0.5, 0.42), 0.24)
    visor = _visor(shape)
    over, under = cover(visor(0.0), _SPACING_CM * 0.9, flip=True), cover(visor(_THIN_CM), _SPACING_CM)
    stitches = 0.05 * np.exp(-(((over.v * 4.5 + 0.25) % 1.0 - 0.5) ** 2) / 0.01)
    joint = 0.25 * np.exp(-over.v / 0.07)
    color = shape.worn.color
    return concatenate(
        [
            cloth_splats(crown, color[None], tone, 0.1 * np.exp(-crown.v / 0.1)),
            _lip(shape),
            cloth_splats(button, color[None], np.array([0.93]), np.zeros(1)),
            cloth_splats(over, shape.worn.second[None], 1 - stitches, joint),
            cloth_splats(under, shape.worn.second[None], np.array([0.8]), np.array([0.45])),
            _piping(visor(_THIN_CM / 2)(*_along(np.linspace(0.0, 1.0, 48), 1.0)), shape.worn.second, closed=False),
        ]
    )


def _visor(shape: WornShape):
    def layer(below: float) -> Surface:
        def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            across = 2 * u - 1
            turn = _VISOR_RAD * across
            inner = around(turn, shape.ring(turn) - 0.15, shape.edge(turn) + 0.1)
            reach = shape.worn.brim * np.sqrt(np.maximum(1 - across**2, 0.0)) ** 0.85
            out = v * reach
            # It slopes down, and its sides more than its middle.
            fall = 0.2 * out + 0.011 * out**2 + 0.55 * v * np.abs(across) ** 2
            spread = 0.1 * np.sin(turn) * out
            edge = below * np.minimum(1.0, 6 * (1 - v))
            return inner + np.stack([spread, -fall - edge, out], axis=1)

        return surface

    return layer


def _beanie(shape: WornShape) -> Gaussians:
    worn = shape.worn
    ribs = round(np.interp(worn.knit, (0, 1), (72, 44)))

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        points = shape.crown(u, v)
        high = points[:, 1] - shape.edge(2 * np.pi * u)
        fold = (1 - smoothstep(0.0, 0.3, high - worn.brim)) * (worn.brim > 0)
        rounded = np.clip(high / 0.5, 0, 1) * np.clip((worn.brim + 0.15 - high) / 0.4, 0, 1)
        out = fold * _FOLD_OUT_CM * np.sqrt(np.clip(rounded, 0.05, 1))
        out = out + 0.07 * worn.knit * np.cos(2 * np.pi * ribs * u) * np.clip(3.0 * (1 - v), 0, 1)
        return _pushed(points, out)

    knit = cover(surface, 0.31 if worn.knit > 0.2 else _SPACING_CM)
    high = knit.points[:, 1] - shape.edge(2 * np.pi * knit.u)
    on_fold = (high < worn.brim + 0.1).astype(float) * (worn.brim > 0)
    # Ribs close up towards the crown, where they would be finer than a splat.
    depth = worn.knit * np.clip((1 - knit.v) * 2.2, 0.15, 1)
    tone = 1 + 0.11 * depth * np.cos(2 * np.pi * ribs * knit.u)
    tone += 0.04 * depth * np.cos(2 * np.pi * high / 0.62)
    shadow = 0.5 * np.exp(-(((high - worn.brim - 0.25) / 0.28) ** 2)) * (worn.brim > 0)
    # A smooth one shows soft folds instead.
    tone += 0.05 * (1 - worn.knit) * np.sin(3 * 2 * np.pi * knit.u + 5 * knit.v) * smoothstep(0.1, 0.5, knit.v)
    colors = mixed(worn.color, worn.second, on_fold)
    return concatenate([cloth_splats(knit, colors, tone, shadow), _lip(shape)])


def _hat(shape: WornShape) -> Gaussians:
    worn = shape.worn

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        points = shape.crown(u, v)
        turn = 2 * np.pi * u
        # A dent along the top, pinched in front.
        dent = np.exp(-((points[:, 0] / 2.0) ** 2)) * smoothstep(0.72, 1.0, np.sin(v * np.pi / 2) ** 0.5)
        points[:, 1] -= 0.7 * dent * np.clip(1.0 + 0.5 * np.cos(turn) * (1 - v), 0, 1.5)
        return points

    crown = cover(surface, _SPACING_CM)
    turn = 2 * np.pi * crown.u
    high = crown.points[:, 1] - shape.edge(turn)
    band = (high < _BAND_CM).astype(float)
    rim = 0.2 * np.exp(-(((high - _BAND_CM) / 0.14) ** 2))
    weave = 0.025 * np.cos(2 * np.pi * high / 0.72) * np.cos(60 * turn) * (high < 6.0)
    over = cover(_brim(shape, 0.0), _SPACING_CM * 1.15, flip=True)
    under = cover(_brim(shape, _THIN_CM), _SPACING_CM * 1.35)
    joint = 0.35 * np.exp(-over.v * worn.brim / 0.5)
    border = 1 - 0.1 * smoothstep(0.9, 0.96, over.v)
    return concatenate(
        [
            cloth_splats(
                crown, mixed(worn.color, worn.second, band), 1 - rim + weave * (1 - band), 0.2 * np.exp(-high / 0.4)
            ),
            cloth_splats(over, worn.color[None], border, joint),
            cloth_splats(under, worn.color[None], np.array([0.84]), np.full(1, 0.4)),
            _piping(_brim(shape, _THIN_CM / 2)(*_along(np.arange(90) / 90, 1.0)), worn.color, closed=True),
            _lip(shape),
        ]
    )


def _brim(shape: WornShape, below: float) -> Surface:
    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        turn = 2 * np.pi * u
        out = shape.worn.brim * np.clip(v, 0, 1)
        points = around(turn, shape.ring(turn) - 0.1 + out, shape.edge(turn) + 0.05)
        # Down in front and behind, up at the sides.
        points[:, 1] -= 0.1 * out + 0.014 * out**2 * np.cos(2 * turn) + below * np.minimum(1.0, 8 * (1 - v))
        return points

    return surface


def _turban(shape: WornShape) -> Gaussians:
    worn = shape.worn

    def wrap(turn: np.ndarray, high: np.ndarray) -> np.ndarray:
        """How many layers lie below: they rise from the ears to the middle of the forehead, one side over the other."""
        signed = np.arctan2(np.sin(turn - 0.12), np.cos(turn - 0.12))
        return high / _WRAP_CM + 2.1 * np.sqrt(signed**2 + 0.01) + np.where(signed > 0, 0.5, 0.0)

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        points = shape.crown(u, v)
        turn = 2 * np.pi * u
        part = wrap(turn, points[:, 1] - shape.edge(turn)) % 1.0
        bulge = 0.36 * np.sin(np.pi * part) ** 0.8 * (1 - v**4)
        return _pushed(points, bulge)

    folds = cover(surface, 0.34)
    turn = 2 * np.pi * folds.u
    part = wrap(turn, folds.points[:, 1] - shape.edge(turn)) % 1.0
    # Each layer is darkest where it disappears under the next.
    groove = np.exp(-((np.minimum(part, 1 - part) / 0.09) ** 2)) * np.clip(1.3 - folds.v, 0, 1)
    tone = 1 - 0.3 * groove + 0.05 * np.sin(np.pi * part)
    return concatenate(
        [cloth_splats(folds, worn.color[None], tone, 0.15 * np.exp(-folds.v / 0.08)), _lip(shape)],
    )


def _headband(shape: WornShape) -> Gaussians:
    worn = shape.worn

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        turn = 2 * np.pi * u
        y = shape.edge(turn) + shape.band(turn) * v
        bulge = shape.stand_off(turn) - 0.22 + 0.22 * np.sqrt(np.clip(1 - (2 * v - 1) ** 2, 0.0, 1))
        points = around(turn, shape.ring(turn) - worn.ease, y)
        return shape.outside(points, bulge)

    band = cover(surface, 0.32)
    folds = 0.06 * np.sin(2 * np.pi * 3 * band.v) * (1 - worn.knit) + 0.1 * worn.knit * np.cos(2 * np.pi * 50 * band.u)
    edges = 0.25 * np.exp(-np.minimum(band.v, 1 - band.v) / 0.08)

    def inner(top: float) -> Surface:
        def lip(u: np.ndarray, v: np.ndarray) -> np.ndarray:
            rim = surface(u, np.full(len(u), top))
            away = np.stack([np.sin(2 * np.pi * u), np.zeros(len(u)), np.cos(2 * np.pi * u)], axis=1)
            return rim - away * (v * (shape.stand_off(2 * np.pi * u) + 0.2))[:, None]

        return lip

    lips = [cover(inner(0.0), _SPACING_CM, flip=True), cover(inner(1.0), _SPACING_CM)]
    return concatenate(
        [
            cloth_splats(band, worn.color[None], 1 + folds, edges),
            *(cloth_splats(lip, worn.color[None], np.array([0.75]), np.array([0.4])) for lip in lips),
        ]
    )


def _along(u: np.ndarray, v: float) -> tuple[np.ndarray, np.ndarray]:
    return u, np.full(len(u), v)


def _piping(line: np.ndarray, color: np.ndarray, *, closed: bool) -> Gaussians:
    """The rounded border of a brim."""
    patch = cover(tube(line, 0.6 * _THIN_CM, closed=closed), 0.2, flip=True)
    return cloth_splats(patch, color[None], np.array([0.92]), np.array([0.05]))


def _lip(shape: WornShape) -> Gaussians:
    """The dark underside between the lower edge and the head."""

    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        turn = 2 * np.pi * u
        out = shape.ring(turn) + 0.02 - (shape.worn.ease + 0.5) * v
        return around(turn, out, shape.edge(turn) + 0.04 + 0.3 * v)

    patch = cover(surface, _SPACING_CM, flip=True)
    return cloth_splats(patch, shape.worn.color[None], np.array([0.62]), np.array([0.5]))


def _pushed(points: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Points moved away from the middle of the head."""
    away = points - np.array((0.0, 3.0, -0.8))
    return points + out[:, None] * unit(away)


def _dome(base: np.ndarray, radius: float, height: float) -> Surface:
    def surface(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        turn, s = 2 * np.pi * u, np.clip(v, 0, 1) * np.pi / 2
        flat = radius * np.cos(s)
        return base + np.stack([flat * np.sin(turn), height * np.sin(s), flat * np.cos(turn)], axis=1)

    return surface
