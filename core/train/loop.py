"""Training a network for a number of minutes: schedule, averaged weights, log, and going on after an interruption."""

import copy
import csv
import logging
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from statistics import fmean
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from core.errors import InvalidRequest

logger = logging.getLogger(__name__)

Network = TypeVar("Network", bound=nn.Module)
Item = TypeVar("Item")
_Part = nn.Module | torch.optim.Optimizer


@dataclass(frozen=True)
class LoopConfig:
    """How :func:`train` goes about it."""

    rate: float = 6e-4
    """Peak learning rate of AdamW; falls to zero along a cosine over the time given."""
    warm_up: int = 100
    """Steps until the rate is at its peak."""
    weight_decay: float = 1e-4
    """Decoupled weight decay."""
    clip: float = 1.0
    """Longest gradient."""
    ema_steps: float = 300.0
    """Steps over which the averaged weights, which are the ones saved, forget."""
    steps: int = 1_000_000
    """Stop after so many steps even if there is time left; makes short runs repeatable."""
    save_every_s: float = 300.0
    """Seconds between saves."""
    log_every: int = 25
    """Steps between rows of the log, each the mean of those steps since the last that had the term."""


@dataclass(frozen=True)
class Trained(Generic[Network]):
    """What :func:`train` made, and what it took."""

    network: Network
    """Averaged weights, in evaluation mode."""
    steps: int
    """In all, those before an interruption included."""
    minutes: float
    """Wall time in all, that before an interruption included."""


def train(
    network: Network,
    loss: Callable[[Network, float], dict[str, Tensor]],
    folder: Path,
    minutes: float,
    on_save: Callable[[Network], None],
    config: LoopConfig | None = None,
) -> Trained[Network]:
    """Trains a network in place and averages its weights.

    ``folder`` gets ``log.csv`` and ``state.pt``. If the state of an unfinished run is there, that run goes on with the
    time it had left.

    Args:
        network: on the device to train on.
        loss: of one batch, given the share of the time used: terms by name; the network learns their sum.
        folder: of the run.
        minutes: wall time in all, checks and saves included; the learning rate's schedule fits itself to it.
        on_save: called with the averaged network now and then, and at the end.
        config: the rest.

    Raises:
        InvalidRequest: if the state in ``folder`` is of another network, or cannot be read.
    """
    config = config or LoopConfig()
    folder.mkdir(parents=True, exist_ok=True)
    averaged = copy.deepcopy(network).eval().requires_grad_(False)
    optimizer = torch.optim.AdamW(network.parameters(), lr=config.rate, weight_decay=config.weight_decay)
    state = folder / "state.pt"
    parts: dict[str, _Part] = {"network": network, "averaged": averaged, "optimizer": optimizer}
    step, used = _resumed(state, parts)
    log = folder / "log.csv"
    started = saved = time.monotonic()
    seen: dict[str, list[float]] = {}
    progress = min(1.0, used / (60 * minutes))
    while progress < 1:
        seconds = used + time.monotonic() - started
        progress = min(1.0, max(seconds / (60 * minutes), (step + 1) / config.steps))
        for group in optimizer.param_groups:
            warm = min(1.0, (step + 1) / config.warm_up)
            group["lr"] = config.rate * warm * 0.5 * (1 + math.cos(math.pi * progress))
        network.train()
        terms = loss(network, progress)
        total = torch.stack(list(terms.values())).sum()
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), config.clip)
        optimizer.step()
        step += 1
        # A young average forgets faster, or it would remember the random start.
        _average(averaged, network, 1 / min(config.ema_steps, 1 + step / 8))
        for name, value in terms.items():
            seen.setdefault(name, []).append(value.item())
        if step % config.log_every == 0:
            _log(log, step, seconds, {name: fmean(values) for name, values in seen.items()})
            seen = {}
        if time.monotonic() - saved > config.save_every_s:
            on_save(averaged)
            _save(state, parts, step, used + time.monotonic() - started)
            saved = time.monotonic()
    on_save(averaged)
    state.unlink(missing_ok=True)
    trained = Trained(averaged, step, (used + time.monotonic() - started) / 60)
    logger.info("%d steps in %.1f minutes", trained.steps, trained.minutes)
    return trained


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, each prepared in another thread while the one before it is in use."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items)
        while True:
            item = coming.result()
            coming = pool.submit(next, items)
            yield item


@torch.no_grad()
def _average(averaged: nn.Module, network: nn.Module, share: float) -> None:
    for old, new in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if old.is_floating_point():
            old.lerp_(new, share)
        else:
            old.copy_(new)


def _save(path: Path, parts: dict[str, _Part], step: int, used: float) -> None:
    partial = path.with_suffix(".partial")
    torch.save({**{name: part.state_dict() for name, part in parts.items()}, "step": step, "used": used}, partial)
    partial.replace(path)


def _resumed(path: Path, parts: dict[str, _Part]) -> tuple[int, float]:
    if not path.is_file():
        return 0, 0.0
    try:
        state = torch.load(path, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(state[name])
        logger.info("going on after step %d", state["step"])
        return int(state["step"]), float(state["used"])
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, UnpicklingError) as error:
        raise InvalidRequest(f"{path} is not the state of this training; remove it to start afresh.") from error


def _log(path: Path, step: int, seconds: float, terms: dict[str, float]) -> None:
    """A row a term: which terms there are may change on the way."""
    fresh = not path.is_file()
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        if fresh:
            writer.writerow(("step", "minutes", "term", "value"))
        writer.writerows((step, f"{seconds / 60:.3f}", name, f"{value:.6f}") for name, value in terms.items())
    logger.info("step %d, %.1f minutes: %s", step, seconds / 60, ", ".join(f"{n} {v:.4f}" for n, v in terms.items()))
