"""Headwear on a head: its splats, and what lies under it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from jaxtyping import Bool, Float, Float32

from core.gaussians import Gaussians
from core.oklab import to_oklab, to_srgb
from core.rig.sculpt import Sculpt
from core.rig.skull import CENTRE
from core.smoothstep import smoothstep
from core.traits.drape_shapes import DrapeShape
from core.traits.drapes import drape_splats
from core.traits.hats import hat_splats
from core.traits.headwear import Headwear
from core.traits.headwear_shapes import WornShape, around
from core.unit import unit

_DRAPES = ("headscarf", "hood")
_MARGIN_CM = 0.1
_SEEN_Z_CM, _SHOULDER_Y_CM = 1.0, -7.0
# Right at its edge hair stands out this much further than the cloth, and so much more per cm away from it ...
_PRESSED_CM, _SPRING = 0.05, 0.5
# ... up to where it hangs as it likes.
_FREE_CM = 5.0
_LOOSEST_CM = 2.2
# How far locks reach beyond their middle, over a headband.
_LOCK_CM = 0.4
# How far the shadow of a lower edge reaches down the forehead.
_SHADE_CM = 1.1


def headwear_splats(sculpt: Sculpt, headwear: Headwear) -> Gaussians:
    """The splats of headwear on a head at rest."""
    if headwear.kind in _DRAPES:
        return drape_splats(DrapeShape(sculpt, headwear))
    return hat_splats(WornShape(sculpt, headwear))


def hides(sculpt: Sculpt, headwear: Headwear, points: Float[np.ndarray, "n 3"]) -> Bool[np.ndarray, " n"]:
    """Which points of hair, ears or clothes lie under headwear, or would stick out through it.

    Args:
        sculpt: the head at rest.
        headwear: what it wears.
        points: head frame, cm.
    """
    if headwear.kind in _DRAPES:
        drape = DrapeShape(sculpt, headwear)
        through = drape.reach(points) > -0.45
        if headwear.kind == "headscarf":
            # It lies close: what is not in its opening is under it.
            through[:] = True
            # No scraps of a fringe under its border either.
            return ~drape.open_at(points, grow=-0.2) | (points[:, 1] > drape.front_y - 1.0)
        # Nobody looks behind the ears in a hood.
        deep = (points[:, 2] < _SEEN_Z_CM) & (points[:, 1] > _SHOULDER_Y_CM)
        return deep | (through & ~drape.open_at(points, grow=-0.2))
    shape = WornShape(sculpt, headwear)
    turn, away = np.arctan2(points[:, 0], points[:, 2] - CENTRE[2]), np.hypot(points[:, 0], points[:, 2] - CENTRE[2])
    above = points[:, 1] - shape.edge(turn) + _MARGIN_CM
    if headwear.kind == "headband":
        return (above > -_LOCK_CM) & (above < shape.band(turn) + _LOCK_CM + 2 * _MARGIN_CM)
    if headwear.kind in ("hat", "cap"):
        # Brims slope down: what lies on them is above them.
        out = np.clip(away - shape.ring(turn), 0, headwear.brim)
        reaches = (np.abs(turn) < 1.0) | (headwear.kind == "hat")
        above = above + np.where(reaches, (0.12 if headwear.kind == "hat" else 0.22) * out, 0.0)
    return above > 0


def pressed(sculpt: Sculpt, headwear: Headwear, points: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    """Points of hair that comes out below or above headwear, held close to the head where it does."""
    if headwear.kind in _DRAPES:
        return points
    shape = WornShape(sculpt, headwear)
    away = points - CENTRE
    turn = np.arctan2(away[:, 0], away[:, 2])
    apart = shape.edge(turn) - points[:, 1]
    if headwear.kind == "headband":
        apart = np.maximum(apart, -apart - shape.band(turn))
    pinched = 0.3 if headwear.kind == "headband" else 0.0
    most = headwear.ease + _PRESSED_CM - pinched + _SPRING * np.clip(apart, 0, None)
    over = np.clip(sculpt.skull.height(points) - most, 0, None) * smoothstep(_FREE_CM, 0.6 * _FREE_CM, apart)
    return (points - unit(away) * over[:, None]).astype(np.float32)


def over_hair(
    sculpt: Sculpt, headwear: Headwear, thickness: Callable[[np.ndarray], Float[np.ndarray, " n"]]
) -> Headwear:
    """The headwear as wide as the hair below it asks for.

    Args:
        sculpt: the head at rest.
        headwear: as it would lie on a bare head.
        thickness: of the hair in cm along unit directions (n, 3) from the skull's middle.
    """
    if headwear.kind in _DRAPES:
        return headwear
    shape = WornShape(sculpt, headwear)
    turn = np.linspace(0.4 * np.pi, 1.6 * np.pi, 32)
    height = shape.edge(turn) + (headwear.brim / 2 if headwear.kind == "headband" else 1.0)
    directions = around(turn, shape.wall(turn, height), height) - CENTRE
    hair = thickness(unit(directions))
    if headwear.kind == "headband":
        return replace(headwear, ease=float(max(headwear.ease, min(np.quantile(hair, 0.7) + 0.15, _LOOSEST_CM))))
    # A hat presses the hair flat, but not to nothing.
    return replace(headwear, ease=float(max(headwear.ease, min(0.6 * np.median(hair), headwear.ease + 0.6))))


def headwear_shade(sculpt: Sculpt, headwear: Headwear, points: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, " n"]:
    """How much of the sky the lower edge hides from points of the skin, in [0, 1]."""
    if headwear.kind in _DRAPES:
        drape = DrapeShape(sculpt, headwear)
        near = np.stack([drape.open_at(points, grow=-far) for far in (0.25, 0.6, 1.0)])
        return 0.45 * (1 - near.mean(0))
    shape = WornShape(sculpt, headwear)
    below = shape.edge(np.arctan2(points[:, 0], points[:, 2] - CENTRE[2])) - points[:, 1]
    reach = _SHADE_CM * (1.8 if headwear.kind in ("hat", "cap") else 1.0)
    return np.where(below > 0, 0.5 * np.exp(-((below / reach) ** 2)), 0.5)


def dimmed(colors: Float32[np.ndarray, "n 3"], shade: Float[np.ndarray, " n"]) -> Float32[np.ndarray, "n 3"]:
    """Display sRGB colours of skin in the shade of a brim, which stays warm."""
    lab = to_oklab(colors)
    lab[:, 0] *= 1 - 0.32 * shade
    lab[:, 1] += 0.014 * shade
    return np.clip(to_srgb(lab), 0, 1).astype(np.float32)
