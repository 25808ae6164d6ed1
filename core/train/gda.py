"""Trains GDA: first on the teacher's maps directly, then through the renderer (paper, Eq. 8)."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from PIL import Image
from torch import Tensor

from core.camera import Camera
from core.canonical.batch import frame_anchors, frame_batch
from core.canonical.frame import front_camera
from core.checkpoint import save_checkpoint
from core.errors import InvalidRequest
from core.nets.gda import GDA, SMALL, FrameBatch, GDAConfig
from core.nets.lpips import LPIPS, load_lpips
from core.nets.pixel_gaussians import PixelMaps, place
from core.portrait import FACE_PARTS
from core.render.differentiable import render_torch
from core.train.card import write_card
from core.train.curve import draw_curve
from core.train.examples import Example, plain_example, random_example
from core.train.loop import LoopConfig, ahead, train
from core.train.pairs import Pair, PairRule, load_pair
from core.train.pictures import on_white, premultiplied, slopes, tensor_of

logger = logging.getLogger(__name__)

_SHEET = 8
_RARE = [FACE_PARTS.index(name) for name in ("glasses", "headwear")]
_BACKGROUND = 0.95
_TOLD = {
    "data": "512 px portraits of people who do not exist, aligned as FFHQ, against avatars fitted to them.",
    "licence": (
        "Weights trained by this project. The portraits come from a generator distilled from a network trained on "
        "FFHQ, which is for non-commercial use; the perceptual loss is LPIPS (BSD-2-Clause)."
    ),
    "limits": (
        "Mostly light-skinned, smiling adults facing the camera; few wear hats or scarves. What is cropped out of "
        "the photo is guessed. It was never shown a real photograph."
    ),
}


@dataclass(frozen=True)
class GDATraining:
    """How :func:`train_gda` trains."""

    network: GDAConfig = SMALL
    loop: LoopConfig = field(default_factory=LoopConfig)
    rule: PairRule = field(default_factory=PairRule)
    held_out: int = 100
    """The last pairs by name, never trained on."""
    batch: int = 6
    """People a step."""
    rendered_from: float = 0.8
    """Share of the time after which the loss is taken through the renderer."""
    rendered_batch: int = 2
    """People a step from then on."""
    lpips: float = 0.15
    """Weight of the perceptual term; Eq. 8's lambda."""
    depth: float = 0.02
    """Weight of a centimetre of depth."""
    rare_weight: float = 3.0
    """How much more often a person with headwear or glasses is drawn than another."""
    bfloat16: bool = True
    """Autocast: twice as fast on a CPU with AMX or AVX-512 BF16, slow on one without."""


@dataclass(frozen=True)
class Batch:
    """Examples as tensors."""

    frames: FrameBatch
    examples: tuple[Example, ...]
    target: Float[Tensor, "b 4 s s"]
    depth: Float[Tensor, "b 1 s s"]


def train_gda(
    pairs: Path, out: Path, lpips_folder: Path, minutes: float, seed: int = 0, config: GDATraining | None = None
) -> dict[str, float]:
    """Trains a network; writes ``gda.safetensors``, its card ``gda.json``, and the run's log and pictures to ``out``.

    Args:
        pairs: folder of :func:`core.train.synthesize.synthesize`.
        out: folder of the run; an unfinished run there is gone on with.
        lpips_folder: where LPIPS has its weights.
        minutes: wall time to train for.
        seed: of weights, order and augmentation.
        config: the rest.

    Returns:
        Errors on the held-out pairs: see :func:`measure`.

    Raises:
        InvalidRequest: if there are too few pairs.
        MissingWeights: if LPIPS lacks its weights.
    """
    config = config or GDATraining()
    training, held_out, dropped = read_pairs(pairs, config)
    logger.info("%d pairs to train on, %d held out, %d too weak", len(training), len(held_out), dropped)
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = GDA(config.network).to(device=device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    lpips = load_lpips(lpips_folder).to(device)
    camera = front_camera(config.network.size)
    closer = front_camera(2 * max(config.network.size, config.network.grid))
    batches = ahead(_batches(training, config, camera, np.random.default_rng(seed)))
    # A chance of its own: the two are prepared in different threads, in no fixed order.
    others = np.random.default_rng((seed, 1))
    rendered = ahead(_batches(training, config, camera, others, config.rendered_batch))

    def loss(network: GDA, progress: float) -> dict[str, Tensor]:
        through_renderer = progress > config.rendered_from
        batch = next(rendered if through_renderer else batches)
        with torch.autocast(device, torch.bfloat16, enabled=config.bfloat16):
            maps = network(batch.frames.to(device))
        if through_renderer:
            return rendered_loss(maps, batch, closer, lpips, config)
        return map_loss(maps, batch, lpips, config)

    def on_save(averaged: GDA) -> None:
        save_checkpoint(averaged, config.network, out / "gda.safetensors")
        picture_sheet(averaged, held_out[:_SHEET], camera).save(out / "held_out.png")
        draw_curve(out / "log.csv", out / "curve.png")

    trained = train(network, loss, out, minutes, on_save, config.loop)
    scores = measure(trained.network, held_out, camera, lpips)
    counts = {"trained_on": len(training), "held_out": len(held_out), "too_weak": dropped}
    told = {"pairs": counts, **_TOLD}
    write_card(out / "gda.json", trained, config, told, scores, seed=seed)
    return scores


def read_pairs(folder: Path, config: GDATraining) -> tuple[list[Pair], list[Pair], int]:
    """Pairs to train on, pairs held out, and how many of the first were too weak. All are kept in memory (2 MB each).

    Raises:
        InvalidRequest: if there are no more than those held out.
    """
    files = sorted(folder.glob("*.npz"))
    if len(files) <= config.held_out:
        raise InvalidRequest(
            f"{folder} must hold more than {config.held_out} pairs, but holds {len(files)}; make them with "
            "launch.py train pairs."
        )
    pairs = [load_pair(file) for file in files]
    if pairs[0].target.shape[0] != config.network.size:
        raise InvalidRequest(f"The pairs are {pairs[0].target.shape[0]} px wide, the network's {config.network.size}.")
    training = [pair for pair in pairs[: -config.held_out] if config.rule.allows(pair)]
    return training, pairs[-config.held_out :], len(pairs) - config.held_out - len(training)


def map_loss(maps: PixelMaps, batch: Batch, lpips: LPIPS, config: GDATraining) -> dict[str, Tensor]:
    """How far colours, coverage and depth are from the teacher's, pixel by pixel and along their edges."""
    target, depth, template = (
        F.adaptive_avg_pool2d(grid.to(maps.alpha.device), maps.alpha.shape[-1])
        for grid in (batch.target, batch.depth, batch.frames.position[:, 2:])
    )
    missed = (template + maps.shift[:, 2:] - depth).abs().clamp(max=4)
    return {
        **picture_terms(torch.cat([maps.color, maps.alpha], 1), target, lpips, config),
        "depth": config.depth * (missed * (target[:, 3:] > 0.5)).mean(),
        "calm": _restlessness(maps),
    }


def picture_terms(
    made: Float[Tensor, "b 4 s s"], target: Float[Tensor, "b 4 s s"], lpips: LPIPS, config: GDATraining
) -> dict[str, Tensor]:
    """How far a picture (sRGB, straight alpha) is from another: pixels, edges, and LPIPS on white."""
    made, wanted = premultiplied(made), premultiplied(target)
    across, down = ((a - b).abs().mean() for a, b in zip(slopes(made), slopes(wanted), strict=True))
    return {
        "pixels": (made - wanted).abs().mean(),
        "edges": across + down,
        "lpips": config.lpips * lpips(on_white(made), on_white(wanted)).mean(),
    }


def rendered_loss(
    maps: PixelMaps, batch: Batch, camera: Camera, lpips: LPIPS, config: GDATraining
) -> dict[str, Tensor]:
    """Eq. 8, through the renderer: the mean square error of colour and coverage, and LPIPS.

    Args:
        maps: of the batch.
        batch: what went in and is to come out.
        camera: of the pictures compared. They must be finer than the grid of splats: at its own resolution splats
            could shrink to points unseen, and gaps would open nearer by.
        lpips: the perceptual distance.
        config: its weight.
    """
    drawn = []
    for row, example in enumerate(batch.examples):
        splats = place(maps, row, frame_anchors(example.frame, maps.alpha.shape[-1]))
        picture = render_torch(*splats, camera)
        drawn.append(torch.cat([picture.color, picture.alpha[..., None]], 2).permute(2, 0, 1))
    made = torch.stack(drawn)
    wanted = F.interpolate(premultiplied(batch.target).to(made.device), made.shape[-2:], mode="bilinear")
    return {
        # Square errors are small beside the other terms, and would be drowned.
        "square": 10 * (made - wanted).square().mean(),
        "lpips": config.lpips * lpips(on_white(made).clamp(0, 1), on_white(wanted)).mean(),
        "calm": _restlessness(maps),
    }


def _restlessness(maps: PixelMaps) -> Tensor:
    """What need not move stays where the template has it."""
    return 1e-3 * (maps.shift[:, :2].square().mean() + maps.growth.square().mean() + maps.turn.square().mean())


@torch.inference_mode()
def measure(network: GDA, pairs: Sequence[Pair], camera: Camera, lpips: LPIPS) -> dict[str, float]:
    """Means over pairs, on full and on weak templates: PSNR (dB) of colour on white, and LPIPS, to the teacher.

    ``template`` and ``weak_template`` are what doing nothing would give.
    """
    sums: dict[str, list[float]] = {}
    for pair in pairs:
        for weak in (False, True):
            example = plain_example(pair, weak=weak)
            maps = network(frame_batch([example.frame], camera))
            rgba = torch.cat([maps.color, maps.alpha], 1)
            wanted = on_white(premultiplied(tensor_of(example.target)[None]))
            rgba = F.interpolate(rgba, wanted.shape[-2:])
            template = tensor_of(example.frame.template.rgba)[None]
            for name, picture in (("gda", rgba), ("template", template)):
                made = on_white(premultiplied(picture)).clamp(0, 1)
                name = f"weak_{name}" if weak else name
                sums.setdefault(f"{name}_psnr", []).append(float(-10 * (made - wanted).square().mean().log10()))
                sums.setdefault(f"{name}_lpips", []).append(float(lpips(made, wanted)))
    return {name: float(np.mean(values)) for name, values in sums.items()}


@torch.inference_mode()
def picture_sheet(network: GDA, pairs: Sequence[Pair], camera: Camera) -> Image.Image:
    """People, a row each: selfie, unposed selfie, weak template, what becomes of it, full template, same, teacher."""
    rows = []
    for pair in pairs:
        weak, full = plain_example(pair, weak=True), plain_example(pair)
        cells = [pair.photo.astype(np.float32) / 255, full.frame.selfie]
        for example in (weak, full):
            maps = network(frame_batch([example.frame], camera))
            made = F.interpolate(torch.cat([maps.color, maps.alpha], 1), example.target.shape[:2])
            made = made[0].permute(1, 2, 0).float().numpy()
            cells += [_shown(example.frame.template.rgba), _shown(made)]
        rows.append(np.concatenate([*cells, _shown(full.target)], 1))
    return Image.fromarray((np.clip(np.concatenate(rows), 0, 1) * 255).astype(np.uint8))


def _batches(
    pairs: list[Pair], config: GDATraining, camera: Camera, rng: np.random.Generator, size: int | None = None
) -> Iterator[Batch]:
    chance = np.array([config.rare_weight if _is_rare(pair) else 1.0 for pair in pairs])
    chance /= chance.sum()
    while True:
        chosen = rng.choice(len(pairs), size or config.batch, p=chance)
        examples = tuple(random_example(pairs[i], rng) for i in chosen)
        target = torch.stack([tensor_of(example.target) for example in examples])
        depth = np.stack([example.depth for example in examples])[:, None]
        distance = float(np.linalg.norm(camera.world_to_camera[:3, 3]))
        yield Batch(
            frame_batch([example.frame for example in examples], camera),
            examples,
            target,
            torch.from_numpy(np.ascontiguousarray(depth - distance)),
        )


def _is_rare(pair: Pair) -> bool:
    return bool(np.isin(pair.labels, _RARE).mean() > 0.01)


def _shown(rgba: np.ndarray) -> np.ndarray:
    return rgba[..., :3] * rgba[..., 3:] + _BACKGROUND * (1 - rgba[..., 3:])
