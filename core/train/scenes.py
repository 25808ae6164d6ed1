"""What the generator learns from: styled avatars of random people, and templates that may lack much of them."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int64, UInt8
from scipy.spatial import KDTree

from core.avatar.model import Avatar
from core.camera import Camera, orbit
from core.canonical.frame import front_camera
from core.canonical.generate import laid_on
from core.canonical.layers import Seats, at_rest, layers_of, motion_maps, painted
from core.canonical.rig_view import RigView, distance_cm, rig_view, shrunk
from core.character.build import build_avatar
from core.character.model import Character
from core.expressions import SHAPES
from core.gaussians import to_columns
from core.render.splats import render
from core.rig.head import HeadRig, load_head_rig
from core.rig.style import HouseStyle
from core.rig.surface import SurfacePattern, surface_pattern
from core.stylize.controls import StyleControls
from core.stylize.embedded import stylize
from core.stylize.prompts import Understanding
from core.stylize.recipes import RECIPES
from core.train.characters import load_characters, mixed
from core.train.paint import painted_over
from core.train.weaken import weakened

UNSEEN_STYLES = ("ice", "knitted", "comic ink", "alien", "wizard", "steampunk")
"""Recipes that are never trained on, so that they tell how the generator does on styles it has not seen."""

VIEW_PX = 160
"""Side of the pictures that the loss through the renderer compares."""

SEEN_STYLES = tuple(recipe.name for recipe in RECIPES if recipe.name not in UNSEEN_STYLES)
"""The recipes that are."""
_WEAK, _STYLES_EACH, _AT_REST, _VIEWS = 0.4, 6, 0.4, 2
# Of the lift: half the exactness in half the time.
_ROUNDS = (3, 1)
# How near a splat of the teacher must be to tell a colour, and how many splats are compared.
_SAME_CM, _COMPARED = 0.35, 8000


@dataclass(frozen=True)
class Scene:
    """One avatar to make."""

    view: RigView
    """What goes in."""
    identity: Float32[np.ndarray, " i"]
    color: Float32[np.ndarray, "2 h h 3"]
    """Of the teacher's two layers, display sRGB."""
    depth: Float32[np.ndarray, "2 h h"]
    """Of the teacher's, in centimetres from the middle of the head."""
    alpha: Float32[np.ndarray, "h h"]
    """The teacher's coverage."""
    motion: Float32[np.ndarray, "k q q 3"]
    """By how much more than the template's the teacher's surface moves with each shape, in centimetres."""
    weights: Float32[np.ndarray, " k"]
    """A random expression."""
    rows: Float32[np.ndarray, "n 14"]
    """The template with the picture laid onto it, at that expression, as columns."""
    seats: Seats
    """Of its splats at rest."""
    compared: Int64[np.ndarray, " c"]
    """Splats at which the teacher has one, too."""
    compared_offset: Float32[np.ndarray, "c 3"]
    """What their colours lack to the teacher's, display sRGB."""
    views: tuple[tuple[float, float], ...]
    """Yaw and pitch of the cameras, in degrees; the first is the front."""
    pictures: UInt8[np.ndarray, "v p p 4"]
    """What they see of the teacher at that expression, straight alpha."""


def view_camera(yaw_deg: float, pitch_deg: float) -> Camera:
    """The camera of one of a scene's pictures."""
    return orbit(yaw_deg, pitch_deg, size=VIEW_PX)


@dataclass(frozen=True)
class SceneMaker:
    """Makes scenes of some people."""

    rig: HeadRig
    pattern: SurfacePattern
    people: Sequence[Character]
    size: int
    """Side of the generator's picture."""

    def scenes(self, rng: np.random.Generator) -> Iterator[Scene]:
        """Scenes without end: a few of each person that is mixed from the others."""
        style = HouseStyle()
        while True:
            person = mixed(self.people, rng)
            full = build_avatar(self.rig, self.pattern, person, style)
            poor = build_avatar(self.rig, self.pattern, weakened(person, rng), style)
            for _ in range(_STYLES_EACH):
                template = poor if rng.random() < _WEAK else full
                teacher = restyled(full, rng, plain=template is poor)
                yield make_scene(template, teacher, person.identity, self.size, rng)


def restyled(avatar: Avatar, rng: np.random.Generator, *, plain: bool = True) -> Avatar:
    """The avatar in a random style of those that are trained on, or in random paint, or in both, or as it is."""
    kind = rng.random()
    if plain and kind < 0.25:
        return avatar
    controls = StyleControls(rng.uniform(0.4, 1.0), rng.uniform(0.2, 0.8), rng.uniform(0.1, 0.9))
    if kind < 0.8:
        names = rng.choice(SEEN_STYLES, rng.choice((1, 1, 1, 2)), replace=False)
        share = rng.dirichlet(np.ones(len(names)))
        recipes = tuple((str(name), float(weight)) for name, weight in zip(names, share, strict=True))
        avatar = stylize(avatar, Understanding(recipes=recipes), controls, int(rng.integers(1000)))
        return avatar if kind < 0.6 else painted_over(avatar, rng)
    return painted_over(avatar, rng)


def make_scene(
    template: Avatar, teacher: Avatar, identity: Float32[np.ndarray, " i"], size: int, rng: np.random.Generator
) -> Scene:
    """The scene in which a template is to become a teacher, whose front picture is given."""
    picture = front_rgba(teacher, size)
    lifted = laid_on(template, picture, _ROUNDS)
    view, seats = rig_view(template, lifted, picture)
    camera = front_camera(size // 2)
    rest = at_rest(teacher)
    layers = layers_of(rest, camera)
    color = painted(rest.colors, layers)
    seen, coverage = shrunk(picture)
    color[0] = np.where(coverage[..., None] > 0.5, seen, color[0])
    weights = np.zeros(len(SHAPES), np.float32) if rng.random() < _AT_REST else random_weights(rng)
    some = rng.choice(len(template), min(_COMPARED, len(template)), replace=False)
    distance, nearest = KDTree(rest.means).query(at_rest(template).means[some], distance_upper_bound=_SAME_CM)
    told = np.isfinite(distance)
    views = ((0.0, 0.0), *((rng.uniform(-180, 180), rng.uniform(-25, 40)) for _ in range(_VIEWS - 1)))
    posed = teacher.posed(weights)
    pictures = np.stack([render(posed, view_camera(*angles)).to_rgba8() for angles in views])
    return Scene(
        view,
        identity,
        color,
        layers.depth - distance_cm(camera),
        coverage,
        motion_maps(teacher, layers, size // 4) - view.motion,
        weights,
        to_columns(lifted.posed(weights)),
        seats,
        some[told],
        rest.colors[np.asarray(nearest)[told]] - at_rest(lifted).colors[some[told]],
        views,
        pictures,
    )


def front_rgba(avatar: Avatar, size: int) -> Float32[np.ndarray, "s s 4"]:
    """The canonical front view, display sRGB, straight alpha."""
    return render(at_rest(avatar), front_camera(size)).to_rgba8().astype(np.float32) / 255


def random_weights(rng: np.random.Generator) -> Float32[np.ndarray, " k"]:
    """A random expression: a few shapes at once, or one alone."""
    weights = np.zeros(len(SHAPES), np.float32)
    weights[rng.choice(len(SHAPES), rng.integers(1, 5), replace=False)] = 1
    return weights * rng.uniform(0.3, 1, len(SHAPES)).astype(np.float32)


def load_maker(people: Path, rig: Path, size: int) -> SceneMaker:
    """A maker of scenes of the characters in a folder.

    Raises:
        InvalidRequest: if there are too few characters.
        MissingWeights: if the rig cannot be read.
    """
    head = load_head_rig(rig)
    return SceneMaker(head, surface_pattern(head), load_characters(people), size)


def drawn_ahead(people: Path, rig: Path, size: int, seed: int, room: int = 8) -> Iterator[Scene]:
    """Scenes without end from another process, which goes on making them until ``room`` wait.

    Training in this process then is not held up; the other ends with this one.
    """
    context = get_context("spawn")
    queue = context.Queue(room)
    context.Process(target=_produce, args=(queue, people, rig, size, seed), daemon=True).start()
    while True:
        yield queue.get()


def _produce(queue, people: Path, rig: Path, size: int, seed: int) -> None:
    # On few cores it gives way to the training that it feeds.
    os.setpriority(os.PRIO_PROCESS, 0, 10)
    for scene in load_maker(people, rig, size).scenes(np.random.default_rng(seed)):
        queue.put(scene)
