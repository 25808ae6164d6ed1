"""Trains the face parser on portraits labelled by a larger teacher.

The teacher's 19 classes are merged into :data:`core.face.parts.FACE_PARTS`; its lefts and rights are unreliable.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32, Int64, UInt8
from PIL import Image
from torch import Tensor

from core.errors import InvalidRequest
from core.face.parts import FACE_PARTS, FaceParser, ParserConfig, parse_face, save_parser, shrink
from core.train.card import write_card
from core.train.curve import draw_curve
from core.train.loop import LoopConfig, ahead, train
from core.train.parser_augment import augment

logger = logging.getLogger(__name__)

# CelebAMask-HQ order: background, skin, brows, eyes, glasses, ears, earring, nose, mouth, lips, neck, necklace,
# clothes, hair, hat.
_MERGED = np.array([0, 1, 2, 2, 3, 3, 4, 5, 5, 5, 1, 6, 7, 7, 8, 8, 9, 10, 11], np.uint8)
_RARE = ("glasses", "headwear")
_TOLD = {
    "data": "512 px portraits of people who do not exist, aligned as FFHQ; scores are intersections over unions.",
    "licence": (
        "Weights trained by this project. The portraits come from a generator distilled from a network trained on "
        "FFHQ, and the labels from a BiSeNet trained on CelebAMask-HQ; both data sets are for non-commercial use."
    ),
    "limits": (
        "Mostly light-skinned, smiling adults facing the camera. All figures are agreement with the teacher on "
        "held-out portraits of the same kind, not with people's own labels or on real photographs."
    ),
}

Batch = tuple[Float[Tensor, "b 3 s s"], Int64[Tensor, "b s s"]]
"""Pictures in [-1, 1] and their labels."""


@dataclass(frozen=True)
class ParserTraining:
    """How :func:`train_parser` trains."""

    parser: ParserConfig = field(default_factory=ParserConfig)
    """The network."""
    held_out: int = 150
    """The last files by name, never trained on: all figures come from them."""
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            rate=3e-3, weight_decay=1e-3, clip=2.0, ema_steps=400.0, save_every_s=240.0, log_every=100
        )
    )
    """Schedule, averaging, and how often held-out pictures are checked, each time followed by a save."""
    batch: int = 16
    """Pictures a step."""
    rare_weight: float = 4.0
    """How much more often a picture with glasses or headwear is drawn than another."""
    dice: float = 0.5
    """Share of the dice loss beside cross entropy."""
    bfloat16: bool = True
    """Autocast: twice as fast on a CPU with AMX or AVX-512 BF16, slow on one without."""


@dataclass(frozen=True)
class Portraits:
    """Pictures and labels in memory, at the network's size."""

    images: UInt8[np.ndarray, "n s s 3"]
    labels: UInt8[np.ndarray, "n s s"]


def train_parser(
    faces: Path, labels: Path, out: Path, minutes: float, seed: int = 0, config: ParserTraining | None = None
) -> dict[str, float]:
    """Trains a parser; writes ``face_parser.safetensors``, its card ``face_parser.json``, and the run's log to ``out``.

    Args:
        faces: folder of square, aligned portraits, ``*.jpg``.
        labels: folder of palette pictures of the same stems, ``*.png``, with CelebAMask-HQ's 19 classes.
        out: folder of the run; an unfinished run there is gone on with.
        minutes: wall time to train for; the learning rate's schedule fits itself to it.
        seed: of weights, order and augmentation.
        config: the rest.

    Returns:
        Intersection over union of every part, and their ``mean``, on the held-out portraits at full size.

    Raises:
        InvalidRequest: if a folder lacks pictures or a picture lacks its labels.
    """
    config = config or ParserTraining()
    pairs = _paired(faces, labels, config.held_out)
    learnt, check = pairs[: -config.held_out], pairs[-config.held_out :]
    portraits = read_portraits(learnt, config.parser.size)
    logger.info("%d portraits to train on, %d held out", len(learnt), len(check))
    torch.manual_seed(seed)
    parser = FaceParser(config.parser).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    weights = _part_weights(portraits.labels)
    batches = ahead(_batches(portraits, config, np.random.default_rng(seed)))

    def loss(parser: FaceParser, progress: float) -> dict[str, Tensor]:
        images, labels = next(batches)
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            logits = parser(images.contiguous(memory_format=torch.channels_last))
        return {"parts": parser_loss(logits.float(), labels, weights, config.dice)}

    def on_save(averaged: FaceParser) -> None:
        save_parser(averaged, out / "face_parser.safetensors")
        draw_curve(out / "log.csv", out / "curve.png")
        logger.info("mean IoU %.4f", measure(averaged, check[:: max(1, len(check) // 40)])["mean"])

    trained = train(parser, loss, out, minutes, on_save, config.loop)
    scores = measure(trained.network, check)
    told = {
        "portraits": {"trained_on": len(learnt), "held_out": len(check)},
        **_TOLD,
        "mean_by_skin_lightness": by_skin_tone(trained.network, check),
    }
    write_card(out / "face_parser.json", trained, config, told, scores, seed=seed)
    logger.info("mean IoU %.4f of %d held-out portraits", scores["mean"], len(check))
    return scores


def read_portraits(pairs: list[tuple[Path, Path]], size: int) -> Portraits:
    """Pictures and merged labels at ``size`` pixels, in memory (200 kB a picture at 256)."""
    images = np.empty((len(pairs), size, size, 3), np.uint8)
    labels = np.empty((len(pairs), size, size), np.uint8)
    for i, (face, label) in enumerate(pairs):
        images[i] = shrink(np.asarray(Image.open(face).convert("RGB")), size)
        labels[i] = _MERGED[np.asarray(Image.open(label).resize((size, size), Image.Resampling.NEAREST))]
    return Portraits(images, labels)


def measure(parser: FaceParser, pairs: list[tuple[Path, Path]]) -> dict[str, float]:
    """Intersection over union of every part over all these pictures together, at their own size, and the ``mean``."""
    confusion = np.zeros((len(FACE_PARTS), len(FACE_PARTS)), np.int64)
    for face, label in pairs:
        truth = _MERGED[np.asarray(Image.open(label))]
        found = parse_face(parser, np.asarray(Image.open(face).convert("RGB")))
        both = truth.astype(np.int64) * len(FACE_PARTS) + found
        confusion += np.bincount(both.ravel(), minlength=confusion.size).reshape(confusion.shape)
    shared = np.diag(confusion)
    union = confusion.sum(0) + confusion.sum(1) - shared
    # A part that none of these pictures holds says nothing.
    scores = {name: float(s / u) for name, s, u in zip(FACE_PARTS, shared, union, strict=True) if u}
    return {**scores, "mean": float(np.mean(list(scores.values())))}


def parser_loss(
    logits: Float32[Tensor, "b c h w"],
    labels: Int64[Tensor, "b h w"],
    weights: Float32[Tensor, " c"],
    dice: float,
) -> Float32[Tensor, ""]:
    """Weighted cross entropy plus ``dice`` times one minus the mean dice overlap of the parts present in the batch."""
    log_probabilities = logits.log_softmax(1)
    # Only the true part's probability matters to the overlap, so no one-hot labels: a third of the time.
    true = log_probabilities.gather(1, labels[:, None])[:, 0]
    pixel_weights = weights[labels]
    entropy = -(pixel_weights * true).sum() / pixel_weights.sum()
    counts = torch.bincount(labels.flatten(), minlength=len(weights)).float()
    shared = torch.zeros_like(counts).index_add(0, labels.flatten(), true.exp().flatten())
    overlap = (2 * shared + 1) / (log_probabilities.exp().sum((0, 2, 3)) + counts + 1)
    return entropy + dice * (1 - overlap[counts > 0].mean())


def _part_weights(labels: UInt8[np.ndarray, "n s s"]) -> Float32[Tensor, " c"]:
    """Cross-entropy weights: the fourth root of how rare a part is, mean 1; dice does the rest."""
    share = np.bincount(labels[::4].ravel(), minlength=len(FACE_PARTS)) / labels[::4].size
    weights = np.maximum(share, 1e-3) ** -0.25
    return torch.tensor(weights / weights.mean(), dtype=torch.float32)


def _paired(faces: Path, labels: Path, held_out: int) -> list[tuple[Path, Path]]:
    pictures = sorted(faces.glob("*.jpg"))
    if len(pictures) <= held_out:
        raise InvalidRequest(f"{faces} must hold more than {held_out} portraits (*.jpg), but holds {len(pictures)}.")
    pairs = [(path, labels / f"{path.stem}.png") for path in pictures]
    missing = [label.name for _, label in pairs if not label.is_file()]
    if missing:
        raise InvalidRequest(f"{labels} lacks the labels of {len(missing)} portraits, {missing[0]} among them.")
    return pairs


def _batches(portraits: Portraits, config: ParserTraining, rng: np.random.Generator) -> Iterator[Batch]:
    """Augmented batches without end; pictures with rare parts come up more often."""
    counts = np.stack([(portraits.labels == FACE_PARTS.index(name)).sum((1, 2)) for name in _RARE], 1)
    chance = np.where((counts > portraits.labels[0].size * 0.001).any(1), config.rare_weight, 1.0)
    chance /= chance.sum()
    while True:
        chosen = rng.choice(len(chance), config.batch, p=chance)
        others = rng.integers(len(chance), size=config.batch)
        pairs = [
            augment(portraits.images[i], portraits.labels[i], portraits.images[j], rng)
            for i, j in zip(chosen, others, strict=True)
        ]
        images = torch.from_numpy(np.stack([image for image, _ in pairs])).permute(0, 3, 1, 2)
        yield images.float() / 127.5 - 1, torch.from_numpy(np.stack([label for _, label in pairs])).long()


def by_skin_tone(parser: FaceParser, pairs: list[tuple[Path, Path]]) -> dict[str, float]:
    """Mean intersection over union of thirds of the portraits, by how light their skin is in the picture.

    Glasses and headwear are left out: too few people in a third wear any.
    """
    lightness = []
    for face, label in pairs:
        skin = _MERGED[np.asarray(Image.open(label))] == FACE_PARTS.index("skin")
        lightness.append(float(np.median(np.asarray(Image.open(face).convert("L"))[skin])) if skin.any() else 0.0)
    thirds = np.array_split(np.argsort(lightness), 3)
    means = {}
    for name, third in zip(("darkest", "middle", "lightest"), thirds, strict=True):
        if not len(third):
            continue
        scores = measure(parser, [pairs[i] for i in third])
        means[name] = float(np.mean([scores[part] for part in FACE_PARTS if part in scores and part not in _RARE]))
    return means
