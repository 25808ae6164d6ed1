"""Trains the plain U-Net that GDA is compared with, on the same pairs, for the ablation of ``evaluate stage-one``."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.checkpoint import save_checkpoint
from core.nets.lpips import load_lpips
from core.nets.plain import PlainConfig, PlainUNet
from core.train.gda import GDATraining, picture_terms, read_pairs
from core.train.loop import ahead, train
from core.train.pairs import Pair
from core.train.parser_augment import photographed
from core.train.pictures import tensor_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Batch:
    selfie: Tensor
    target: Tensor


def train_plain(
    pairs: Path, out: Path, lpips_folder: Path, minutes: float, seed: int = 0, config: GDATraining | None = None
) -> None:
    """Trains it and writes ``plain.safetensors`` to ``out``.

    Args:
        pairs: folder of :func:`core.train.synthesize.synthesize`.
        out: folder of the run.
        lpips_folder: where LPIPS has its weights.
        minutes: wall time to train for.
        seed: of weights, order and augmentation.
        config: as of GDA; its network's size and channels are taken over.

    Raises:
        InvalidRequest: if there are too few pairs.
        MissingWeights: if LPIPS lacks its weights.
    """
    config = config or GDATraining()
    training, _, _ = read_pairs(pairs, config)
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    shape = PlainConfig(config.network.size, config.network.channels)
    network = PlainUNet(shape).to(device=device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    lpips = load_lpips(lpips_folder).to(device)
    batches = ahead(_batches(training, config, np.random.default_rng(seed)))

    def loss(network: PlainUNet, progress: float) -> dict[str, Tensor]:
        batch = next(batches)
        with torch.autocast(device, torch.bfloat16, enabled=config.bfloat16):
            made = network(batch.selfie.to(device))
        return picture_terms(made.float(), batch.target.to(device), lpips, config)

    train(
        network,
        loss,
        out,
        minutes,
        lambda averaged: save_checkpoint(averaged, shape, out / "plain.safetensors"),
        config.loop,
    )


def _batches(pairs: list[Pair], config: GDATraining, rng: np.random.Generator) -> Iterator[_Batch]:
    while True:
        chosen = [pairs[i] for i in rng.integers(len(pairs), size=config.batch)]
        photos = np.stack([photographed(pair.photo, rng) if rng.random() < 0.6 else pair.photo for pair in chosen])
        selfies = torch.from_numpy(photos).permute(0, 3, 1, 2).float() / 255
        targets = torch.stack([tensor_of(pair.target.astype(np.float32) / 255) for pair in chosen])
        flipped = torch.from_numpy(rng.random(len(chosen)) < 0.5)[:, None, None, None]
        yield _Batch(torch.where(flipped, selfies.flip(-1), selfies), torch.where(flipped, targets.flip(-1), targets))
