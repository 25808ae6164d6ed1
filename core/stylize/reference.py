"""A picture as a style: its colours go to the parts of the avatar, and its texture onto the surface.

The colours are clusters of the picture in OKLab. Each part takes one that stands to the others as the part did in
the primary avatar: what was light becomes one of the picture's light colours, what filled much space one of its
common ones. The texture is the picture's deviation from its mean, projected along the three axes and blended by
the surface's direction, so that it lies in space and looks the same from every side; pictures that are no texture
(portraits, landscapes) give colours and only a hint of texture.

The small networks for arbitrary styles (`weights list`: style-transfer) were tried on renders of avatars. They
draw pretty front pictures, but a picture only: strokes slide over the head from view to view, rims bleed into the
background, colours appear that the reference does not have, and eyes drown in lines. They also want a runtime of
80 MB (OpenCV, which is here anyway, computes them wrongly). So this transfer, which is even from all sides and takes a
tenth of a second, is the one used.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8
from PIL import Image
from scipy import ndimage

from core.avatar.model import PARTS
from core.oklab import to_oklab
from core.smoothstep import smoothstep
from core.stylize.controls import StyleControls
from core.stylize.materials import Material, lit
from core.stylize.recipes import ALIVE, GROUP_OF_PART
from core.stylize.surface import Surface

Rgb = tuple[float, float, float]

_PICTURE_PX = 256
_CLUSTERS = 7
# Splats stand this far apart; finer detail cannot be shown.
_PIXEL_CM = 0.22
# The picture is laid out so that its pattern repeats about so often, within bounds of its whole width.
_WAVELENGTH_CM, _WIDTH_CM = 2.6, (7.0, 36.0)
_LIGHT = Material(diffuse=0.3)
# Texture would drown what a face is read by.
_TEXTURE_OF_GROUP = {
    "lips": 0.25,
    "brows": 0.15,
    "eyes": 0.0,
    "sclera": 0.0,
    "teeth": 0.0,
    "mouth": 0.0,
    "glasses": 0.4,
}


@dataclass(frozen=True)
class Reference:
    """What is taken from a picture; colours are OKLab."""

    palette: Float[np.ndarray, "k 3"]
    """Its main colours."""
    shares: Float[np.ndarray, " k"]
    """Of the picture, of each; they sum to 1."""
    lightness: Float[np.ndarray, "101"]
    """Percentiles of its lightness."""
    tile: Float[np.ndarray, "h w 3"]
    """Deviation from its mean, one pixel for 0.22 cm of surface."""
    texture: float
    """How far it is a texture rather than a scene, in [0, 1]."""


def read_reference(picture: UInt8[np.ndarray, "h w 3"]) -> Reference:
    """Measures a picture of any size and content."""
    image = Image.fromarray(picture)
    image.thumbnail((_PICTURE_PX, _PICTURE_PX), Image.Resampling.LANCZOS)
    lab = to_oklab(np.asarray(image, np.float32) / np.float32(255))
    palette, shares = _clusters(lab.reshape(-1, 3))
    percentiles = np.percentile(lab[..., 0], np.arange(101)).astype(np.float32)
    width_cm = float(np.clip(_WAVELENGTH_CM / _wavelength(lab[..., 0]), *_WIDTH_CM))
    # The longer side is one width of the pattern.
    size = [max(round(side / max(lab.shape[:2]) * width_cm / _PIXEL_CM), 2) for side in lab.shape[1::-1]]
    small = to_oklab(np.asarray(image.resize(size, Image.Resampling.BOX), np.float32) / np.float32(255))
    return Reference(palette, shares, percentiles, small - small.mean((0, 1)), _textureness(lab))


def shrunk(picture: UInt8[np.ndarray, "h w 3"]) -> bytes:
    """The picture as a JPEG of some 15 kB that gives the same style, to be kept with an avatar."""
    image = Image.fromarray(picture)
    image.thumbnail((_PICTURE_PX, _PICTURE_PX), Image.Resampling.LANCZOS)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=85)
    return kept.getvalue()


def in_reference_style(
    surface: Surface, reference: Reference, colours: Mapping[str, Rgb], controls: StyleControls
) -> Float[np.ndarray, "n 3"]:
    """Colours (OKLab) of the whole avatar in the style of a picture at full strength.

    Args:
        surface: the primary avatar.
        reference: the picture.
        colours: asked for by name, by group; they go before the picture's.
        controls: edges fade the texture and keep the avatar's own contrast; identity keeps the person's colours.
    """
    groups = np.array(GROUP_OF_PART)[surface.labels]
    palette = part_colours(surface, reference)
    palette |= {group: to_oklab(np.array(rgb, np.float32)) for group, rgb in colours.items()}
    # As with the recipes: the middle of the slider is still the style, and its end is nearly the person.
    stay = np.float32(0.85 * controls.identity**3)
    out = surface.lab.copy()
    light = lit(surface.normals, _LIGHT)
    for group in set(groups.tolist()) - set(ALIVE):
        rows = groups == group
        own = _mean(surface, rows)
        target = palette[group]
        target = target if group in colours else target + stay * (own - target)
        deviation = surface.lab[rows] - own
        deviation[:, 0] = 0.25 * (deviation[:, 0] - surface.detail[rows])
        deviation[:, 1:] *= 0.25 + 0.75 * stay
        out[rows] = target + deviation
        out[rows, 0] += _LIGHT.diffuse * (light[rows] - 0.62) + (0.15 + controls.edges) * surface.detail[rows]
    shown = np.array([_TEXTURE_OF_GROUP.get(group, 1.0) for group in GROUP_OF_PART], np.float32)[surface.labels]
    amount = reference.texture * (1 - 0.55 * controls.edges) * (1 - 0.6 * stay)
    out += (amount * shown)[:, None] * _texture_at(surface, reference)
    alive = np.isin(groups, ALIVE)
    tint = np.stack([0.1, 0.45, 0.45]) * (palette["eyes"] - _mean(surface, groups == "eyes"))
    tint = (1 - stay) * tint if "eyes" not in colours else palette["eyes"] - _mean(surface, groups == "eyes")
    iris = alive & (groups == "eyes")
    out[iris] += (surface.tintable[iris, None] * tint).astype(np.float32)
    return np.where(alive[:, None], out, _in_range(out)).astype(np.float32)


def part_colours(surface: Surface, reference: Reference) -> dict[str, Float[np.ndarray, "3"]]:
    """The picture's colour (OKLab) for every group of parts that a material covers, and for the eyes."""
    groups = np.array(GROUP_OF_PART)[surface.labels]
    body = np.sort(surface.lab[~np.isin(groups, ALIVE), 0])
    palette, shares = reference.palette, reference.shares / reference.shares.max()
    chroma = np.hypot(palette[:, 1], palette[:, 2])
    chosen: dict[str, np.ndarray] = {}

    def choose(group: str, common: float, vivid: float, apart: tuple[str, ...], reddish: float = 0.0) -> None:
        own = _mean(surface, groups == group)
        rank = np.searchsorted(body, own[0]) / max(len(body), 1)
        cost = np.abs(palette[:, 0] - np.interp(100 * rank, np.arange(101), reference.lightness)) / 0.2
        cost = cost - common * shares - vivid * chroma / 0.1 - reddish * palette[:, 1] / 0.1
        for other in apart:
            cost = cost + 2.5 * (1 - smoothstep(0.05, 0.2, np.linalg.norm(palette - chosen[other], axis=1)))
        chosen[group] = palette[int(np.argmin(cost))].copy()

    choose("skin", 1.5, 0.3, ())
    # A face must be neither a hole nor a lamp.
    chosen["skin"][0] = np.clip(chosen["skin"][0], 0.42, 0.93)
    choose("hair", 0.6, 0.2, ("skin",))
    choose("clothes", 0.6, 0.5, ("skin", "hair"))
    choose("lips", 0.0, 0.5, ("skin",), 1.0)
    choose("eyes", 0.0, 1.0, ("skin",))
    choose("headwear", 0.3, 0.6, ("hair", "skin"))
    choose("glasses", 0.0, 0.3, ("skin",))
    chosen["brows"] = chosen["hair"] - np.array((0.06, 0, 0), np.float32)
    _keep_apart(chosen, "hair", _mean(surface, groups == "hair"), _mean(surface, groups == "skin"), 0.14)
    _keep_apart(chosen, "brows", _mean(surface, groups == "brows"), _mean(surface, groups == "skin"), 0.2)
    _keep_apart(chosen, "lips", _mean(surface, groups == "lips"), _mean(surface, groups == "skin"), 0.1)
    return chosen


def _keep_apart(chosen: dict[str, np.ndarray], group: str, own: np.ndarray, own_skin: np.ndarray, least: float) -> None:
    """Moves a colour away from the skin's in lightness, to the side on which it was."""
    away = chosen[group] - chosen["skin"]
    lacking = least - float(np.hypot(away[0], 0.5 * np.hypot(away[1], away[2])))
    if lacking > 0:
        chosen[group][0] += np.copysign(lacking, own[0] - own_skin[0])


def _mean(surface: Surface, rows: Bool[np.ndarray, " n"]) -> Float[np.ndarray, "3"]:
    weights = surface.tintable[rows]
    if not weights.any():
        return surface.own[PARTS.index("skin")]
    return (weights @ surface.lab[rows] / weights.sum()).astype(np.float32)


def _texture_at(surface: Surface, reference: Reference) -> Float[np.ndarray, "n 3"]:
    """The picture's deviation from its mean where every splat is, seen along the three axes."""
    weight = np.abs(surface.normals) ** 4
    weight /= np.maximum(weight.sum(1, keepdims=True), 1e-6)
    at = surface.means / np.float32(_PIXEL_CM) + np.array([*reference.tile.shape[1::-1], 0], np.float32)[[0, 1, 0]] / 2
    out = np.zeros((len(at), 3), np.float32)
    for axis, (across, up) in enumerate(((2, 1), (0, 2), (0, 1))):
        where = np.stack([-at[:, up], at[:, across]])
        sampled = [
            ndimage.map_coordinates(channel, where, order=1, mode="mirror", output=np.float32)
            for channel in np.moveaxis(reference.tile, 2, 0)
        ]
        out += weight[:, axis, None] * np.stack(sampled, 1)
    # Where two projections overlap, their mean would be flatter than either.
    return out / np.sqrt((weight**2).sum(1, keepdims=True))


def _clusters(lab: Float[np.ndarray, "n 3"]) -> tuple[Float[np.ndarray, "k 3"], Float[np.ndarray, " k"]]:
    """Main colours by k-means, and their shares; clusters that are alike become one."""
    rng = np.random.default_rng(0)
    sample = lab[rng.integers(0, len(lab), 6000)]
    centres = sample[:1]
    for _ in range(_CLUSTERS - 1):
        # The point farthest from all centres, but for outliers: a high percentile.
        away = ((sample[:, None] - centres) ** 2).sum(2).min(1)
        centres = np.vstack([centres, sample[np.argsort(away)[int(0.97 * len(away))]]])
    counts = np.zeros(len(centres), np.int64)
    for _ in range(12):
        nearest = ((sample[:, None] - centres) ** 2).sum(2).argmin(1)
        counts = np.bincount(nearest, minlength=len(centres))
        sums = np.stack([np.bincount(nearest, sample[:, k], len(centres)) for k in range(3)], 1)
        centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres).astype(np.float32)
    kept: list[int] = []
    for k in np.argsort(-counts):
        if counts[k] > 0.015 * len(sample) and all(np.linalg.norm(centres[k] - centres[j]) > 0.04 for j in kept):
            kept.append(int(k))
    kept = kept or [int(np.argmax(counts))]
    return centres[kept], (counts[kept] / counts[kept].sum()).astype(np.float32)


def _wavelength(lightness: Float[np.ndarray, "h w"]) -> float:
    """Of the picture's typical pattern, as a share of its longer side."""
    height, width = lightness.shape
    window = np.hanning(height)[:, None] * np.hanning(width)
    power = np.abs(np.fft.rfft2((lightness - lightness.mean()) * window)) ** 2
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)
    frequency = np.hypot(rows, columns)
    # Slow changes are light and layout, no pattern; pixels are noise.
    power = power * ((frequency * max(height, width) > 3) & (frequency < 0.25))
    total = float(power.sum())
    if total <= 1e-9:
        return 0.2
    return 1 / max(float((power * frequency).sum() / total) * max(height, width), 3.0)


def _textureness(lab: Float[np.ndarray, "h w 3"]) -> float:
    """Near 1 if all regions look alike in colour and contrast, near 0 if each shows something else."""
    blocks = [block for row in np.array_split(lab, 4) for block in np.array_split(row, 4, axis=1)]
    total = float(lab.reshape(-1, 3).var(0).sum())
    if total < 1e-5:
        # One plain colour.
        return 0.0
    between = float(np.stack([block.mean((0, 1)) for block in blocks]).var(0).sum()) / total
    spread = np.array([float(block.reshape(-1, 3).std(0).mean()) for block in blocks])
    uneven = float(spread.std() / max(spread.mean(), 1e-6))
    alike = (1 - smoothstep(0.2, 0.36, np.float32(between))) * (1 - smoothstep(0.4, 0.9, np.float32(uneven)))
    return 0.15 + 0.85 * float(alike)


def _in_range(lab: Float[np.ndarray, "n 3"]) -> Float[np.ndarray, "n 3"]:
    """Bends lightness back into range, so that texture is not clipped flat."""
    out = lab.copy()
    over, under = np.maximum(lab[:, 0] - 0.85, 0), np.maximum(0.22 - lab[:, 0], 0)
    out[:, 0] = np.clip(lab[:, 0], 0.22, 0.85) + 0.13 * np.tanh(over / 0.13) - 0.17 * np.tanh(under / 0.17)
    return out
