"""The paper's Table 3: from one front picture to an avatar, judged from ten other sides; and its expressions."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float32

from core.avatar.model import Avatar
from core.camera import Camera, orbit
from core.canonical.layers import at_rest
from core.character.build import build_avatar
from core.character.model import Character
from core.evaluate.distances import psnr, ssim
from core.expressions import SHAPES
from core.nets.lpips import LPIPS, picture_distance
from core.pipeline import Studio, front_picture
from core.render.splats import render
from core.stylize.controls import StyleControls
from core.stylize.embedded import stylize
from core.stylize.prompts import Understanding
from core.train.paint import painted_over
from core.train.scenes import SEEN_STYLES, UNSEEN_STYLES
from core.train.weaken import weakened

logger = logging.getLogger(__name__)

Maker = Callable[[Avatar, Float32[np.ndarray, "s s 4"], Float32[np.ndarray, " i"]], Avatar]
"""From a template avatar, a front picture (display sRGB, straight alpha) and the person's identity to an avatar."""

STYLES = ("seen", "unseen", "painted")
"""Kinds of pictures: in a recipe that the network was trained on, in one that it was not, and in random paint."""
TEMPLATES = ("full", "weak")
"""What is behind the picture: the template that it was made from, or one that lacks something of the person."""

_VIEW_PX = 256
_WHITE = (1.0, 1.0, 1.0)
# What counts as the same picture.
_MOST_DB = 60.0
# Round the head, none of them the front.
_VIEWS = tuple((36.0 * k + 18.0, (-12.0, 8.0, 28.0)[k % 3]) for k in range(10))
# A pixel belongs to an expression if the teacher's picture changes there by more than this.
_CHANGED = 0.04


@dataclass(frozen=True)
class Case:
    """One avatar to make."""

    style: str
    """One of :data:`STYLES`."""
    behind: str
    """One of :data:`TEMPLATES`."""
    template: Avatar
    teacher: Avatar
    picture: Float32[np.ndarray, "512 512 4"]
    identity: Float32[np.ndarray, " i"]


def cases(studio: Studio, people: Sequence[Character], seed: int = 0) -> Iterator[Case]:
    """For each person a picture, of each kind in turn, on the full template and on a weak one."""
    for number, person in enumerate(people):
        rng = np.random.default_rng((seed, number))
        full = build_avatar(studio.rig, studio.pattern, person, studio.style)
        weak = build_avatar(studio.rig, studio.pattern, weakened(person, rng), studio.style)
        style = STYLES[number % len(STYLES)]
        teacher = _styled(full, style, rng)
        picture = front_picture(teacher).astype(np.float32) / 255
        for behind, template in zip(TEMPLATES, (full, weak), strict=True):
            yield Case(style, behind, template, teacher, picture, person.identity)


def evaluate_stage_two(
    studio: Studio, people: Sequence[Character], makers: Mapping[str, Maker], lpips: LPIPS
) -> dict[str, Any]:
    """Every maker's avatars of the same pictures against the avatars that the pictures show.

    Args:
        studio: for the rig and the primary style.
        people: held out.
        makers: by the name of their row. Each is run once before its time is taken.
        lpips: the perceptual distance.

    Returns:
        ``people``, ``views`` (other than the front), ``rows``: name of a maker to ``full`` (pictures on the template
        that they were made from, as in the paper), ``weak`` and each kind of case (``seen/full`` and so on), each with
        ``psnr`` in dB, ``ssim`` and ``lpips`` of the other views on white, ``front_psnr``, and ``seconds``, the median
        to make an avatar; ``expressions``: name of a maker to each shape's mean error at weight 1 from the front where
        the shape changes the teacher's picture, in [0, 1], with ``still`` for the same pixels of the teacher at rest,
        which is what not moving at all would give.
    """
    sums: dict[str, dict[str, list[dict[str, float]]]] = {name: {} for name in makers}
    moves: dict[str, list[dict[str, float]]] = {name: [] for name in (*makers, "still")}
    for number, case in enumerate(cases(studio, people)):
        if number == 0:
            for make in makers.values():
                make(case.template, case.picture, case.identity)
        wanted = _seen(case.teacher)
        for name, make in makers.items():
            started = time.perf_counter()
            made = make(case.template, case.picture, case.identity)
            seconds = time.perf_counter() - started
            figures = {"seconds": seconds} | _likeness(made, wanted, lpips)
            sums[name].setdefault(f"{case.style}/{case.behind}", []).append(figures)
            if case.behind == "full":
                moves[name].append(expression_errors(made, case.teacher))
        if case.behind == "full":
            moves["still"].append(expression_errors(_unmoved(case.teacher), case.teacher))
    rows = {}
    for name, kinds in sums.items():
        rows[name] = {
            behind: _summary(
                [each for kind, several in kinds.items() if kind.endswith(f"/{behind}") for each in several]
            )
            for behind in TEMPLATES
        } | {kind: _summary(several) for kind, several in kinds.items()}
    expressions = {
        name: {shape: round(float(np.mean([each[shape] for each in several])), 4) for shape in SHAPES}
        for name, several in moves.items()
    }
    return {"people": len(people), "views": len(_VIEWS), "rows": rows, "expressions": expressions}


def expression_errors(made: Avatar, teacher: Avatar) -> dict[str, float]:
    """For each shape at weight 1: mean difference from the front where the shape changes the teacher's picture."""
    camera = orbit(size=_VIEW_PX)
    calm = _on_white(teacher, camera)
    errors = {}
    for number, shape in enumerate(SHAPES):
        weights = np.zeros(len(SHAPES), np.float32)
        weights[number] = 1
        wanted = _on_white(teacher, camera, weights)
        where = np.abs(wanted - calm).max(2) > _CHANGED
        errors[shape] = float(np.abs(_on_white(made, camera, weights) - wanted)[where].mean()) if where.any() else 0.0
    return errors


def _styled(full: Avatar, style: str, rng: np.random.Generator) -> Avatar:
    if style == "painted":
        return painted_over(full, rng)
    name = str(rng.choice(SEEN_STYLES if style == "seen" else UNSEEN_STYLES))
    return stylize(full, Understanding(recipes=((name, 1.0),)), StyleControls(0.8, 0.5, 0.4), int(rng.integers(1000)))


def _unmoved(avatar: Avatar) -> Avatar:
    nothing = [type(offset)(offset.index[:0], offset.delta[:0]) for offset in avatar.offsets]
    return Avatar(avatar.rest, tuple(nothing), avatar.labels, avatar.shapes)


def _seen(avatar: Avatar) -> list[Float32[np.ndarray, "h w 3"]]:
    """From all other sides, and last from the front."""
    places = (*_VIEWS, (0.0, 0.0))
    return [_on_white(avatar, orbit(yaw, pitch, size=_VIEW_PX)) for yaw, pitch in places]


def _likeness(made: Avatar, wanted: list[Float32[np.ndarray, "h w 3"]], lpips: LPIPS) -> dict[str, float]:
    pairs = list(zip(_seen(made), wanted, strict=True))
    *around, front_psnr = (min(psnr(*pair), _MOST_DB) for pair in pairs)
    return {
        "psnr": float(np.mean(around)),
        "ssim": float(np.mean([ssim(*pair) for pair in pairs[:-1]])),
        "lpips": float(np.mean([picture_distance(lpips, *pair) for pair in pairs[:-1]])),
        "front_psnr": front_psnr,
    }


def _on_white(avatar: Avatar, camera: Camera, weights: np.ndarray | None = None) -> Float32[np.ndarray, "h w 3"]:
    splats = at_rest(avatar) if weights is None else avatar.posed(weights)
    return np.clip(render(splats, camera).over(_WHITE), 0, 1)


def _summary(several: list[dict[str, float]]) -> dict[str, float]:
    digits = {"psnr": 2, "front_psnr": 2, "ssim": 4, "lpips": 4}
    means = {name: round(float(np.mean([each[name] for each in several])), count) for name, count in digits.items()}
    return means | {"seconds": round(float(np.median([each["seconds"] for each in several])), 3)}
