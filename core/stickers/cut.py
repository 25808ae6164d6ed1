"""A picture cut out along a white outline, with a soft shadow: what makes a sticker of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32
from scipy import ndimage

from core.errors import InvalidRequest
from core.stickers.ink import over


@dataclass(frozen=True)
class Cut:
    """How to cut, in pixels of a picture 512 wide; other sizes scale."""

    outline_px: float = 9.0
    """Width of the white outline; 0 for none, then notches stay open, too."""
    rounding_px: float = 13.0
    """Notches narrower than about twice this are filled with white."""
    shadow_px: float = 5.0
    """Softness of the shadow."""
    drop_px: float = 4.0
    """How far the shadow lies below."""
    shadow: float = 0.34
    """Strength of the shadow, 0 to 1."""

    @property
    def margin_px(self) -> float:
        """How far the cut reaches beyond the picture's own outline."""
        return self.outline_px + 2 * self.shadow_px


USUAL = Cut()
OUTLINES: Mapping[str, Cut] = {"none": Cut(0.0), "thin": Cut(5.0), "usual": USUAL, "wide": Cut(14.0)}
"""Widths of the outline to choose from."""
_SHADOW_COLOR = np.array((0.09, 0.07, 0.16), np.float32)
_SOLID = 0.5
"""What covers less than this of a pixel has no outline of its own."""


def outline_named(name: str) -> Cut:
    """One of :data:`OUTLINES`.

    Raises:
        InvalidRequest: if there is none of that name.
    """
    if name not in OUTLINES:
        raise InvalidRequest(f"There is no outline called {name!r}; choose {', '.join(OUTLINES)}.")
    return OUTLINES[name]


def cut_out(canvas: Float32[np.ndarray, "s s 4"], cut: Cut = USUAL) -> Float32[np.ndarray, "s s 4"]:
    """The sticker: shadow, white outline, and the picture on top, premultiplied.

    Distances are measured on a grid of half the picture's resolution: they vary smoothly, the edge that is drawn
    from them is exact to a fraction of a pixel, and it takes a quarter of the time.

    Args:
        canvas: premultiplied by alpha, in [0, 1]; the size must be even.
        cut: how.
    """
    size = len(canvas)
    unit = size / 512
    alpha = canvas[..., 3]
    white = _white(alpha, cut.outline_px * unit, cut.rounding_px * unit) if cut.outline_px else alpha
    half = white.reshape(size // 2, 2, size // 2, 2).mean((1, 3))
    soft = ndimage.gaussian_filter(half, cut.shadow_px * unit / 2)
    soft = ndimage.shift(soft, (cut.drop_px * unit / 2, 0), order=1)
    result = np.empty_like(canvas)
    result[..., 3] = _doubled(soft) * np.float32(cut.shadow)
    result[..., :3] = result[..., 3:] * _SHADOW_COLOR
    if not cut.outline_px:
        over(result, canvas)
        return result
    over(result, np.repeat(white[..., None], 4, -1))
    # Single hairs that stick out of the outline would be a fringe around it.
    over(result, canvas * white[..., None])
    return result


def to_rgba8(canvas: Float32[np.ndarray, "h w 4"]) -> np.ndarray:
    """Premultiplied colours as straight 8-bit RGBA (h, w, 4); what is empty is black."""
    alpha = canvas[..., 3:]
    straight = canvas[..., :3] / np.maximum(alpha, 1e-6)
    rgba = np.concatenate([straight, alpha], -1)
    return np.rint(np.clip(rgba, 0, 1) * 255).astype(np.uint8)


def _white(alpha: Float32[np.ndarray, "s s"], outline: float, rounding: float) -> Float32[np.ndarray, "s s"]:
    """Coverage of the white sheet: the picture grown by outline and rounding, then shrunk by the rounding."""
    size = len(alpha)
    half = alpha.reshape(size // 2, 2, size // 2, 2).mean((1, 3))
    if not (half >= _SOLID).any():
        return np.zeros_like(alpha)
    # Beyond the picture lies nothing: without it, what is grown over the edge would not be shrunk back from there.
    beyond = int((outline + rounding) / 2) + 3
    half = np.pad(half, beyond)
    grown = _distance(half >= _SOLID, half) - (outline + rounding) / 2
    # Holes are not cut: no scissors would.
    solid = np.asarray(ndimage.binary_fill_holes(grown < 0))
    cover = np.where(solid & (grown > 0), 1, np.clip(0.5 - grown, 0, 1)).astype(np.float32)
    inside = (_distance(~solid, 1 - cover) - rounding / 2)[beyond:-beyond, beyond:-beyond]
    return np.clip(_doubled(inside.astype(np.float32)) * 2 + 0.5, 0, 1)


def _distance(solid: Bool[np.ndarray, "h w"], cover: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h w"]:
    """From each pixel outside to the edge, in pixels; the edge lies as far in its pixel as that is covered."""
    if not solid.any():
        return np.full(solid.shape, float(max(solid.shape)), np.float32)
    away, nearest = ndimage.distance_transform_edt(~solid, return_indices=True)  # type: ignore[misc]
    # Between neighbours the nearest pixel changes by jumps, which would show as a wobble of the outline.
    return ndimage.gaussian_filter((away - (cover[tuple(nearest)] - 0.5)).astype(np.float32), 1.0)


def _doubled(half: Float32[np.ndarray, "h w"]) -> Float32[np.ndarray, "h2 w2"]:
    """Twice the resolution, linearly between middles of pixels."""
    for axis in (0, 1):
        before = np.concatenate([np.take(half, [0], axis), np.delete(half, -1, axis)], axis)
        after = np.concatenate([np.delete(half, 0, axis), np.take(half, [-1], axis)], axis)
        pairs = np.stack([0.75 * half + 0.25 * before, 0.75 * half + 0.25 * after], axis + 1)
        shape = list(half.shape)
        shape[axis] *= 2
        half = pairs.reshape(shape)
    return half.astype(np.float32)
