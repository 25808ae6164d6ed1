"""Trained networks on disk: half-precision safetensors that carry the configuration they were built with."""

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from core.errors import MissingWeights

Network = TypeVar("Network", bound=nn.Module)


def save_checkpoint(network: nn.Module, config: Any, path: Path) -> None:
    """Writes a network's weights and the frozen dataclass that it was built from.

    The file is complete or not there: it is written beside its place first.
    """
    if not is_dataclass(config) or isinstance(config, type):
        raise TypeError(f"config must be a dataclass, got {config!r}")
    tensors = {
        name: (value.half() if value.is_floating_point() else value).contiguous().cpu()
        for name, value in network.state_dict().items()
    }
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"config": json.dumps(asdict(config))})
    partial.replace(path)


def load_checkpoint(path: Path, what: str, build: Callable[[dict[str, Any]], Network]) -> Network:
    """The network in a file, in single precision, in evaluation mode.

    Args:
        path: of the file.
        what: the network's name in sentences, such as "face parser".
        build: makes the network, untrained, from the values of its configuration; lists stand where it had tuples.

    Raises:
        MissingWeights: if the file is absent, damaged, or does not fit what ``build`` makes.
    """
    if not path.is_file():
        raise MissingWeights(f"The {what}'s weights are missing: put {path.name} at {path}.")
    try:
        with safe_open(path, "pt") as file:
            values = json.loads((file.metadata() or {})["config"])
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 (no iterator)
        network = build(values)
        network.load_state_dict(tensors, strict=True)
    except (SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise MissingWeights(f"The {what}'s weights at {path} cannot be read; fetch the file again.") from error
    return network.eval()
