"""What the generator is compared with: first the teacher's layers, then pictures of it (paper, Eqs. 9-11)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from core.canonical.batch import rig_views
from core.canonical.frame import front_camera
from core.canonical.rig_view import distance_cm, shrunk
from core.nets.generator import COLOR, GROWTH, OPACITY, SHIFT, TURN, RigViews
from core.nets.layered_gaussians import at_seats, moved, sheet_splats, sheets, to_parts
from core.nets.lpips import LPIPS
from core.render.differentiable import render_torch
from core.train.pictures import on_white, premultiplied, slopes, tensor_of
from core.train.scenes import Scene, random_weights, view_camera
from core.train.surface_loss import depth_distortion, normal_error

_REST, _DRIVEN = 0, 1
# From here on a depth counts ever less: what is far off is still to come nearer, but not to drown the rest.
_FAR_OFF_CM = 4.0


@dataclass(frozen=True)
class LossWeights:
    """How much each term counts."""

    behind: float = 1.0
    """Colours of the layer that does not show."""
    pointed: float = 0.3
    """Colours that the network points at in the picture, whether or not it takes them."""
    splats: float = 2.0
    """Colours of splats at which the teacher has one."""
    coverage: float = 0.2
    depth: float = 0.1
    """A centimetre."""
    motion: float = 1.0
    """A centimetre by which the surface moves too far or not far enough."""
    lpips: float = 0.15
    square: float = 10.0
    """Square errors are small beside the other terms, and would be drowned."""
    normal: float = 0.01
    distortion: float = 2e-3
    """A square centimetre between splats that show along one ray."""
    still: float = 0.1
    """What an expression changes besides places."""
    calm: float = 1e-3
    """Sizes, turns and sideways shifts."""


@dataclass(frozen=True)
class SceneBatch:
    """Scenes as tensors."""

    views: RigViews
    scenes: tuple[Scene, ...]
    weights: Float[Tensor, "b 2 k"]
    """Rest, and one expression."""


def batch_of(scenes: Sequence[Scene], rng: np.random.Generator | None = None) -> SceneBatch:
    """Scenes with a random expression each, or with their own, at which they were drawn."""
    driven = np.stack([scene.weights if rng is None else random_weights(rng) for scene in scenes])
    weights = torch.from_numpy(np.stack([np.zeros_like(driven), driven], 1))
    views = rig_views([scene.view for scene in scenes], [scene.identity for scene in scenes])
    return SceneBatch(views, tuple(scenes), weights)


def layer_loss(
    residuals: Float[Tensor, "b d 2 13 h h"],
    pointed: Float[Tensor, "b 3 h h"],
    batch: SceneBatch,
    lpips: LPIPS,
    weights: LossWeights,
) -> dict[str, Tensor]:
    """The maps themselves against the teacher's; needs no renderer. Residuals at rest may come alone."""
    rest = residuals[:, _REST]
    device = rest.device

    def stacked(name: str) -> Tensor:
        return torch.from_numpy(np.stack([getattr(scene, name) for scene in batch.scenes])).to(device)

    views = batch.views
    alpha, depth = stacked("alpha")[:, None], stacked("depth")
    wanted = stacked("color").permute(0, 1, 4, 2, 3)
    made = views.lifted.to(device) + rest[:, :, COLOR]
    solid = (alpha > 0.5).float()
    missed = ((made - wanted) * solid[:, None]).flatten(1, 2)
    near, far = missed[:, :3], missed[:, 3:]
    across, down = ((each.abs().mean()) for each in slopes(near))
    # Which lock of hair lies where behind a head no picture tells: what counts there are broad colours.
    broad = F.avg_pool2d(far, 2).abs().mean() + 2 * F.avg_pool2d(far, 8).abs().mean()
    behind = [on_white(torch.cat([each[:, 1] * solid, solid], 1)) for each in (made, wanted)]
    motion = {}
    if residuals.shape[1] > _DRIVEN:
        wanted_motion = stacked("motion").permute(0, 1, 4, 2, 3)
        motion = _motion_terms(rest, residuals[:, _DRIVEN], batch, wanted_motion, weights)
    further = views.depth.to(device) - rest[:, :, SHIFT][:, :, 2]
    return {
        "color": near.abs().mean() + across + down,
        "behind": weights.behind * broad,
        "pointed": weights.pointed * F.avg_pool2d((pointed - wanted[:, 1]) * solid, 4).abs().mean(),
        "lpips": weights.lpips * lpips(behind[0].clamp(0, 1), behind[1]).mean(),
        "splats": weights.splats * _splat_error(rest, batch.scenes),
        "coverage": weights.coverage * _coverage_error(rest, alpha, views.alpha.to(device)),
        "depth": weights.depth * (_tempered(further - depth) * solid).mean(),
        **motion,
        "calm": weights.calm * _restlessness(rest),
    }


def picture_loss(
    residuals: Float[Tensor, "b 2 2 13 h h"], batch: SceneBatch, lpips: LPIPS, weights: LossWeights
) -> dict[str, Tensor]:
    """Pictures of the avatars at their expressions against the teacher's, from the front and from anywhere."""
    made, wanted, normal, distortion = [], [], [], []
    for row, scene in enumerate(batch.scenes):
        parts = to_parts(columns_of(scene, residuals[row, _REST], residuals[row, _DRIVEN]))
        for number, angles in enumerate(scene.views):
            front = number == 0
            camera = view_camera(*angles)
            drawn = render_torch(*parts, camera, normals=front and weights.normal > 0)
            made.append(torch.cat([drawn.color, drawn.alpha[..., None]], 2).permute(2, 0, 1))
            wanted.append(tensor_of(scene.pictures[number].astype(np.float32) / 255))
            if drawn.normals is not None:
                normal.append(normal_error(drawn, camera))
            if front and weights.distortion > 0:
                distortion.append(depth_distortion(*parts[:4], camera))
    pictures, goals = torch.stack(made), premultiplied(torch.stack(wanted))
    terms = {
        "square": weights.square * (pictures - goals).square().mean(),
        "lpips": weights.lpips * lpips(on_white(pictures).clamp(0, 1), on_white(goals)).mean(),
        "calm": weights.calm * _restlessness(residuals[:, _REST]),
    }
    surface = {"normal": (weights.normal, normal), "distortion": (weights.distortion, distortion)}
    return terms | {name: weight * torch.stack(each).mean() for name, (weight, each) in surface.items() if each}


def columns_of(scene: Scene, rest: Float[Tensor, "2 13 h h"], driven: Float[Tensor, "2 13 h h"]) -> Tensor:
    """The splats that residuals make of a scene's template at the scene's expression, as columns."""
    seats = scene.seats
    own = at_seats(driven, torch.from_numpy(seats.pixel), torch.from_numpy(seats.between))
    view, camera = scene.view, front_camera(rest.shape[-1])
    seen, coverage = shrunk(view.picture)
    color = np.repeat(np.moveaxis(seen, -1, 0)[None], 2, 0)
    sheet = sheets(camera, view.depth + np.float32(distance_cm(camera)), color, coverage, view.alpha)
    return torch.cat([moved(torch.from_numpy(scene.rows), own), sheet_splats(sheet, rest)])


def _tempered(error_cm: Tensor) -> Tensor:
    return _FAR_OFF_CM * (error_cm.abs() / _FAR_OFF_CM).log1p()


def _splat_error(rest: Tensor, scenes: Sequence[Scene]) -> Tensor:
    errors = []
    for maps, scene in zip(rest, scenes, strict=True):
        some, seats = scene.compared, scene.seats
        found = at_seats(maps[:, COLOR], torch.from_numpy(seats.pixel[some]), torch.from_numpy(seats.between[some]))
        errors.append((found - torch.from_numpy(scene.compared_offset)).abs().mean())
    return torch.stack(errors).mean()


def _coverage_error(rest: Tensor, alpha: Tensor, template: Tensor) -> Tensor:
    """What the picture leaves empty is to vanish; a splat at the outline covers its pixel in part as it is."""
    goal = torch.where(template > 0.05, (alpha / template.clamp(min=0.02)).clamp(0, 1), torch.ones_like(alpha))
    somewhere = (torch.maximum(alpha, template) > 0.02).float()
    error = F.binary_cross_entropy_with_logits(
        4 + rest[:, :, OPACITY][:, :, 0], goal.expand(-1, 2, -1, -1), reduction="none"
    )
    return (error * somewhere).mean()


def _motion_terms(
    rest: Tensor, driven: Tensor, batch: SceneBatch, motion: Tensor, weights: LossWeights
) -> dict[str, Tensor]:
    change = driven - rest
    wanted = torch.einsum("bk,bkchw->bchw", batch.weights[:, _DRIVEN].to(motion.device), motion)
    found = F.avg_pool2d(change[:, 0, SHIFT], 2)
    others = torch.cat([change[:, :, COLOR], change[:, :, OPACITY], change[:, :, GROWTH], change[:, :, TURN]], 2)
    return {
        "motion": weights.motion * ((found - wanted).abs().mean() + change[:, 1, SHIFT].abs().mean()),
        "still": weights.still * others.square().mean(),
    }


def _restlessness(rest: Tensor) -> Tensor:
    sideways = rest[:, :, SHIFT][:, :, :2]
    return sum((each.square().mean() for each in (sideways, rest[:, :, GROWTH], rest[:, :, TURN])), rest.new_zeros(()))
