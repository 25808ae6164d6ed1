"""The generator at work (paper, Eqs. 5 and 7): a front picture and the template behind it to an animatable avatar."""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float32
from scipy import ndimage
from scipy.spatial import KDTree
from torch import Tensor

from core.avatar.model import PARTS, Avatar, OffsetSet, offset_between, without
from core.canonical.batch import rig_views
from core.canonical.frame import PICTURE_CM, front_camera
from core.canonical.layers import Seats, at_rest
from core.canonical.rig_view import RigView, distance_cm, rig_view, shrunk
from core.gaussians import LOGIT, MEAN
from core.nets.generator import COLOR, GROWTH, OPACITY, SHIFT, TURN, Generator, RigViews
from core.nets.layered_gaussians import at_seats, moved, sheet_splats, sheets
from core.nets.precision import has_bfloat16
from core.render.splats import render
from core.stylize.diffusion.lift import lift, tinted

# A set whose residuals differ from those at rest by no more than this anywhere changes nothing that can be seen.
_STILL_CM = 0.02
# Logits below which a splat is left out, and how far a new splat may be from the one it rides on.
_GONE, _RIDES_CM = -3.5, 1.5
# From what coverage a pixel belongs to the picture's outline, and how far splats are drawn in to it.
_COVERED, _DRAWN_CM = 0.5, 4.0
# By how much more the template must cover a pixel than the picture does, to stand out beyond it.
_STANDS_OUT = 0.5
# What the network errs by where nothing is to change: centimetres, logarithms of size, half turns, logits.
_USUAL_ERRORS = ((SHIFT, 0.35), (GROWTH, 0.15), (TURN, 0.15))
_USUAL_LOGITS = 2.5
# Half the distance of the sheets over the distance to the outline, at most.
_ROUND = 0.7
# Pixels of the network's grid that may get four splats a sheet instead of one.
_MOST_FINE = 1500
_BACKGROUND = (0.88, 0.88, 0.88)


@dataclass(frozen=True)
class Generated:
    """An avatar of the generator's."""

    avatar: Avatar
    driven: tuple[str, ...]
    """Shapes for which the network moves something otherwise than the rig; the others were pruned."""
    added: int
    """Splats beside the template's, which come last."""


def generate(
    network: Generator,
    template: Avatar,
    picture: Float32[np.ndarray, "s s 4"],
    identity: Float32[np.ndarray, " i"],
    codes: Float32[np.ndarray, "k c"],
) -> Generated:
    """The avatar of a picture.

    The splats of the template, with the picture laid onto them, take the network's residuals; what the picture shows
    beside the template gets splats of its own, in two sheets joined at the outline.

    Args:
        network: trained.
        template: of the person, in the primary style.
        picture: canonical front view, display sRGB, straight alpha; its side is a multiple of the network's.
        identity: of the person's head.
        codes: of the 16 shapes: :func:`core.rig.expression_code.shape_codes`.
    """
    lifted = laid_on(template, picture)
    small = pooled_rgba(picture, network.config.size)
    view, seats = rig_view(template, lifted, small)
    maps, roundness = all_residuals(network, rig_views([view], [identity]), torch.from_numpy(codes))
    maps = drawn_in(settled(maps), view, shrunk(small)[1])
    changes = [_changes(each - maps[0]) for each in maps[1:]]
    rest, offsets = _own(lifted, seats, maps, changes)
    extra = _beside(view, picture, maps[0], roundness)
    rides = _riding(rest, extra, offsets)
    rows = np.concatenate([rest, extra])
    shown = rows[:, LOGIT] > _GONE
    accessory = np.full(len(extra), PARTS.index("accessory"), np.uint8)
    avatar = Avatar(rows, rides, np.concatenate([template.labels, accessory]), template.shapes)
    avatar = _touched_up(without(avatar, ~shown), picture)
    driven = tuple(name for name, change in zip(template.shapes, changes, strict=True) if change)
    return Generated(avatar, driven, int(shown[len(rest) :].sum()))


def laid_on(template: Avatar, picture: Float32[np.ndarray, "s s 4"], rounds: tuple[int, int] = (5, 3)) -> Avatar:
    """The template lift of a picture, which the generator starts from.

    Where the picture is empty it shows the template itself, or splats there would take the background's colour.
    """
    camera = front_camera(len(picture))
    under = render(at_rest(template), camera).over(_BACKGROUND)
    over = under + picture[..., 3:] * (picture[..., :3] - under)
    return lift(template, np.rint(255 * np.clip(over, 0, 1)).astype(np.uint8), camera, rounds)


def pooled_rgba(picture: Float32[np.ndarray, "s s 4"], side: int) -> Float32[np.ndarray, "t t 4"]:
    """A smaller picture, straight alpha; ``side`` divides its side."""
    while len(picture) > side:
        color, alpha = shrunk(picture)
        picture = np.concatenate([color, alpha[..., None]], 2).astype(np.float32)
    return picture


def all_residuals(
    network: Generator, views: RigViews, codes: Float32[Tensor, "k c"]
) -> tuple[Float32[Tensor, "k_and_rest 2 13 h h"], Float32[Tensor, "2 h h"]]:
    """Residuals of one person at rest, then at weight 1 of each shape; what sees only the picture runs once.

    And how round the network takes what the picture shows to be: see :class:`core.nets.generator.Encoded`.
    """
    weights = torch.cat([torch.zeros(1, len(codes)), torch.eye(len(codes))])[None]
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16()):
        encoded = network.encode(views)
        return network.drive(encoded, views, weights, weights @ codes)[0], encoded.roundness[0]


def settled(maps: Float32[Tensor, "k_and_rest 2 13 h h"]) -> Float32[Tensor, "k_and_rest 2 13 h h"]:
    """Residuals without what is smaller than the network's usual error, which would only roughen a good template.

    Places, sizes and turns come nearer to 0 by that error; opacities only ever fall.
    """
    kept = maps.clone()
    for channels, error in _USUAL_ERRORS:
        residual = maps[:, :, channels]
        length = residual.norm(dim=2, keepdim=True)
        kept[:, :, channels] = residual * (1 - error / length.clamp(min=error))
    kept[:, :, OPACITY] = (maps[:, :, OPACITY] + _USUAL_LOGITS).clamp(max=0)
    return kept


def _touched_up(avatar: Avatar, picture: Float32[np.ndarray, "s s 4"]) -> Avatar:
    """The avatar with the last of what its front lacks to the picture, laid onto the splats that show."""
    camera = front_camera(len(picture))
    lacks = picture[..., :3] * picture[..., 3:] - render(at_rest(avatar), camera).color
    return tinted(avatar, np.ascontiguousarray(lacks, np.float32), camera)


def drawn_in(
    maps: Float32[Tensor, "k_and_rest 2 13 h h"], view: RigView, coverage: Float32[np.ndarray, "h h"]
) -> Float32[Tensor, "k_and_rest 2 13 h h"]:
    """Residuals that draw in what stands out beyond the picture's outline, instead of making it vanish.

    A head that only lost the hair beyond its outline would have a hole where the hair was: below it there is nothing.
    What is drawn in takes the colours of the outline. What stands out too far vanishes all the same.
    """
    side = len(coverage)
    nearest = np.zeros((2, side, side), np.int32)
    distance = np.asarray(ndimage.distance_transform_edt(coverage < _COVERED, return_indices=True, indices=nearest))
    out = (view.alpha - coverage > _STANDS_OUT) & (distance > 0) & (distance * PICTURE_CM / side < _DRAWN_CM)
    rows, columns = nearest - np.indices(coverage.shape)
    cm = np.stack([columns, -rows]).astype(np.float32) * np.float32(PICTURE_CM / side) * out
    maps, beyond = maps.clone(), torch.from_numpy(out)
    maps[:, :, SHIFT][:, :, :2] += torch.from_numpy(cm)
    maps[:, :, OPACITY] *= ~beyond
    lifted = torch.from_numpy(np.ascontiguousarray(np.moveaxis(view.lifted, -1, 1)))
    made = lifted + maps[:, :, COLOR]
    at_outline = made[..., torch.from_numpy(nearest[0]), torch.from_numpy(nearest[1])]
    maps[:, :, COLOR] = torch.where(beyond, at_outline - lifted, maps[:, :, COLOR])
    return maps


def _changes(difference: Tensor) -> bool:
    """Whether a set moves or recolours anything visibly."""
    return bool(difference[:, SHIFT].abs().max() > _STILL_CM)


def _own(
    lifted: Avatar, seats: Seats, maps: Tensor, changes: list[bool]
) -> tuple[Float32[np.ndarray, "n 14"], list[OffsetSet]]:
    """The template's splats with the residuals at rest, and their sets."""

    def with_residuals(rows: np.ndarray, index: np.ndarray, number: int) -> np.ndarray:
        pixel, between = torch.from_numpy(seats.pixel[index]), torch.from_numpy(seats.between[index])
        return moved(torch.from_numpy(rows), at_seats(maps[number], pixel, between)).numpy()

    everywhere = np.arange(len(lifted), dtype=np.int32)
    rest = with_residuals(lifted.rest, everywhere, 0)
    offsets = []
    for number, (offset, change) in enumerate(zip(lifted.offsets, changes, strict=True), 1):
        posed = lifted.rest.copy()
        posed[offset.index] += offset.delta
        index = everywhere if change else offset.index
        rows = with_residuals(posed[index], index, number if change else 0)
        offsets.append(offset_between(rest, rows, index))
    return rest, offsets


def _beside(view: RigView, picture: np.ndarray, residuals: Tensor, roundness: Tensor) -> Float32[np.ndarray, "m 14"]:
    """Columns of the splats beside the template: as finely as the network's picture was, if they are not too many."""
    beside = (shrunk(view.picture)[1] > _COVERED) & (view.alpha < _COVERED)
    scale = 2 if beside.sum() < _MOST_FINE else 1
    side = scale * len(view.alpha)
    camera = front_camera(side)
    seen = pooled_rgba(picture, side)
    depth = np.stack([_zoomed(each, scale) for each in view.depth])
    covered = _zoomed(view.alpha, scale)
    color = np.repeat(np.moveaxis(seen[..., :3], -1, 0)[None], 2, 0)
    sheet = sheets(camera, depth + np.float32(distance_cm(camera)), color, seen[..., 3], covered)
    fine, roundness = (
        F.interpolate(each, scale_factor=float(scale), mode="bilinear", align_corners=False)
        for each in (residuals, roundness[None])
    )
    disc = np.stack([_zoomed(each, scale) for each in view.revolved])
    thick = roundness[0].amin(0).clamp(0, 1) * torch.from_numpy((disc[1] - disc[0]) / 2)
    return sheet_splats(sheet, _bounded(fine, depth, seen[..., 3], thick)).numpy()


def _zoomed(grid: Float32[np.ndarray, "h h"], scale: int) -> Float32[np.ndarray, "t t"]:
    return np.asarray(ndimage.zoom(grid, scale, order=1, grid_mode=True, mode="nearest"), np.float32)


def _bounded(
    maps: Float32[Tensor, "2 13 h h"],
    depth: Float32[np.ndarray, "2 h h"],
    coverage: Float32[np.ndarray, "h h"],
    thick: Float32[Tensor, "h h"],
) -> Float32[Tensor, "2 13 h h"]:
    """Residuals that leave the two sheets no further apart than what they show is wide: nothing ends in a cliff.

    What the network takes for round may be as thick (half of it, in centimetres) as that makes it: a brim is wide, and
    flat in the picture.
    """
    width = np.asarray(ndimage.distance_transform_edt(coverage > _COVERED)) * np.float32(PICTURE_CM / len(coverage))
    maps, base = maps.clone(), torch.from_numpy(np.ascontiguousarray(depth, np.float32))
    near, far = base - maps[:, SHIFT][:, 2]
    middle, half = (near + far) / 2, (far - near) / 2
    most = torch.maximum(torch.from_numpy((_ROUND * width).astype(np.float32)), thick)
    half = torch.minimum(half.clamp(min=0), most)
    maps[:, SHIFT][:, 2] = base - torch.stack([middle - half, middle + half])
    return maps


def _riding(rest: np.ndarray, extra: np.ndarray, offsets: list[OffsetSet]) -> tuple[OffsetSet, ...]:
    """The sets with those of the new splats, which move as the nearest splats of the template do."""
    if not len(extra):
        return tuple(offsets)
    distance, nearest = KDTree(rest[:, MEAN]).query(extra[:, MEAN], distance_upper_bound=_RIDES_CM)
    near = np.isfinite(distance)
    result = []
    for offset in offsets:
        moves = np.zeros((len(rest), 3), np.float32)
        moves[offset.index] = offset.delta[:, MEAN]
        posed = extra.copy()
        posed[near, MEAN] += moves[np.asarray(nearest)[near]]
        ridden = offset_between(extra, posed)
        index = np.concatenate([offset.index, ridden.index + np.int32(len(rest))])
        result.append(OffsetSet(index, np.concatenate([offset.delta, ridden.delta])))
    return tuple(result)
