"""Trains the generator: first on the teacher's layers directly, then through the renderer (paper, Eqs. 9-11)."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from core.checkpoint import save_checkpoint
from core.nets.generator import SMALL, Generator, GeneratorConfig
from core.nets.layered_gaussians import to_parts
from core.nets.lpips import LPIPS, load_lpips
from core.render.differentiable import render_torch
from core.rig.expression_code import shape_codes
from core.rig.head import load_head_rig
from core.train.card import write_card
from core.train.curve import draw_curve
from core.train.generator_loss import LossWeights, SceneBatch, batch_of, columns_of, layer_loss, picture_loss
from core.train.loop import LoopConfig, ahead, train
from core.train.pictures import on_white, premultiplied, tensor_of
from core.train.scene_augment import augmented
from core.train.scenes import Scene, drawn_ahead, view_camera

logger = logging.getLogger(__name__)

_TOLD = {
    "data": (
        "Avatars of this project, mixed from characters that were read from portraits of people who do not exist, in "
        "styles of this project and in random paint."
    ),
    "licence": "Weights trained by this project; the perceptual loss is LPIPS (BSD-2-Clause).",
    "limits": (
        "It has seen only pictures of such avatars. What the front does not show is guessed; what stands out far "
        "before or behind the head is flattened."
    ),
}


@dataclass(frozen=True)
class GeneratorTraining:
    """How :func:`train_generator` trains."""

    network: GeneratorConfig = SMALL
    loop: LoopConfig = field(default_factory=lambda: LoopConfig(rate=8e-4))
    weights: LossWeights = field(default_factory=LossWeights)
    batch: int = 4
    """Scenes a step."""
    rendered_from: float = 0.78
    """Share of the time after which the loss is taken through the renderer."""
    rendered_batch: int = 2
    """Scenes a step from then on."""
    pool: int = 240
    """Scenes kept to draw from; new ones take the place of the oldest."""
    first: int = 16
    """Scenes that must be there before training begins."""
    held_out: int = 8
    """Scenes of other mixtures and styles' seeds, to measure on."""
    driven_every: int = 3
    """Steps from one to the next in which an expression is looked at, too, before the renderer: the rig already moves
    most as it must, and a second expression takes a third of a step."""
    bfloat16: bool = True
    """Autocast: twice as fast on a CPU with AMX or AVX-512 BF16, slow on one without."""


def train_generator(
    people: Path,
    out: Path,
    rig: Path,
    lpips_folder: Path,
    minutes: float,
    seed: int = 0,
    config: GeneratorTraining | None = None,
) -> dict[str, float]:
    """Trains a network; writes ``generator.safetensors``, its card, and the run's log and pictures to ``out``.

    Args:
        people: folder of :func:`core.train.characters.read_characters`.
        out: folder of the run; an unfinished run there is gone on with.
        rig: file of the head rig.
        lpips_folder: where LPIPS has its weights.
        minutes: wall time to train for.
        seed: of weights and scenes. What is drawn when depends on how fast scenes are made, so that no two runs are the
            same to the bit.
        config: the rest.

    Returns:
        Errors on scenes that were not trained on: see :func:`measure`.

    Raises:
        InvalidRequest: if there are too few people.
        MissingWeights: if LPIPS or the rig cannot be read.
    """
    config = config or GeneratorTraining()
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    codes = torch.from_numpy(shape_codes(load_head_rig(rig))).to(device)
    lpips = load_lpips(lpips_folder).to(device)
    made = drawn_ahead(people, rig, config.network.size, seed)
    held_out = list(islice(made, config.held_out))
    rng = np.random.default_rng((seed, 1))
    batches = ahead(_batches(_replayed(made, config, rng), config, rng))
    steps = count()
    network = Generator(config.network).to(device=device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def loss(network: Generator, progress: float) -> dict[str, Tensor]:
        through_renderer = progress > config.rendered_from
        batch = next(batches)
        if through_renderer:
            batch = batch_of(batch.scenes[: config.rendered_batch])
        weights = batch.weights.to(device)
        if not through_renderer and next(steps) % config.driven_every:
            weights = weights[:, :1]
        with torch.autocast(device, torch.bfloat16, enabled=config.bfloat16):
            views = batch.views.to(device)
            encoded = network.encode(views)
            residuals = network.drive(encoded, views, weights, weights @ codes)
        if through_renderer:
            return picture_loss(residuals, batch, lpips, config.weights)
        return layer_loss(residuals, encoded.pointed, batch, lpips, config.weights)

    def on_save(averaged: Generator) -> None:
        save_checkpoint(averaged, config.network, out / "generator.safetensors")
        picture_sheet(averaged, held_out, codes).save(out / "held_out.png")
        draw_curve(out / "log.csv", out / "curve.png")

    trained = train(network, loss, out, minutes, on_save, config.loop)
    scores = measure(trained.network, held_out, codes, lpips)
    write_card(out / "generator.json", trained, config, _TOLD, scores, seed=seed)
    return scores


@torch.inference_mode()
def measure(network: Generator, scenes: Sequence[Scene], codes: Tensor, lpips: LPIPS) -> dict[str, float]:
    """Means over scenes, of the front and of another view: PSNR (dB) on white, and LPIPS, to the teacher.

    ``lift`` is what the template with the picture laid onto it gives.
    """
    sums: dict[str, list[float]] = {}
    for scene in scenes:
        drawn = _drawn(network, scene, codes)
        for number, place in enumerate(("front", "around")):
            wanted = on_white(premultiplied(tensor_of(scene.pictures[number].astype(np.float32) / 255)[None]))
            for name, pictures in drawn.items():
                picture = on_white(pictures[number][None]).clamp(0, 1)
                error = float(-10 * (picture - wanted).square().mean().clamp(min=1e-9).log10())
                sums.setdefault(f"{place}_{name}_psnr", []).append(error)
                sums.setdefault(f"{place}_{name}_lpips", []).append(float(lpips(picture, wanted)))
    return {name: float(np.mean(values)) for name, values in sums.items()}


@torch.inference_mode()
def picture_sheet(network: Generator, scenes: Sequence[Scene], codes: Tensor) -> Image.Image:
    """Scenes, a row each: from the front and from elsewhere the template lift, the generator's avatar, the teacher."""
    rows = []
    for scene in scenes:
        drawn = _drawn(network, scene, codes)
        teacher = [premultiplied(tensor_of(picture.astype(np.float32) / 255)[None])[0] for picture in scene.pictures]
        cells = [pictures[k] for k in range(len(teacher)) for pictures in (drawn["lift"], drawn["generator"], teacher)]
        rows.append(torch.cat([on_white(cell[None])[0] for cell in cells], 2))
    sheet = torch.cat(rows, 1).permute(1, 2, 0).clamp(0, 1).numpy()
    return Image.fromarray(np.rint(sheet * 255).astype(np.uint8))


def _drawn(network: Generator, scene: Scene, codes: Tensor) -> dict[str, list[Tensor]]:
    batch = batch_of([scene])
    weights = batch.weights.to(codes.device)
    residuals = network(batch.views.to(codes.device), weights, weights @ codes)[0].cpu()
    avatars = {"lift": torch.from_numpy(scene.rows), "generator": columns_of(scene, residuals[0], residuals[1])}
    pictures: dict[str, list[Tensor]] = {}
    for name, columns in avatars.items():
        for angles in scene.views:
            drawn = render_torch(*to_parts(columns), view_camera(*angles))
            picture = torch.cat([drawn.color, drawn.alpha[..., None]], 2).permute(2, 0, 1)
            pictures.setdefault(name, []).append(picture)
    return pictures


def _replayed(scenes: Iterator[Scene], config: GeneratorTraining, rng: np.random.Generator) -> Iterator[Scene]:
    """Random ones of the newest scenes: each is seen several times, so that training need not wait for new ones."""
    pool = list(islice(scenes, config.first))

    def fill() -> None:
        oldest = 0
        for scene in scenes:
            if len(pool) < config.pool:
                pool.append(scene)
            else:
                pool[oldest] = scene
                oldest = (oldest + 1) % config.pool

    threading.Thread(target=fill, daemon=True).start()
    while True:
        yield pool[rng.integers(len(pool))]


def _batches(scenes: Iterator[Scene], config: GeneratorTraining, rng: np.random.Generator) -> Iterator[SceneBatch]:
    while True:
        yield batch_of([augmented(scene, rng) for scene in islice(scenes, config.batch)], rng)
