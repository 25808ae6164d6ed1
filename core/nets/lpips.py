"""How different two pictures look to a network: LPIPS (Zhang, Isola, Efros, Shechtman and Wang, 2018).

Features of an ImageNet network, normalised over channels, are compared place by place, with weights that were fitted
to people's judgements. The weights are those of the original's version 0.1, AlexNet or VGG16, not of a later variant.
A training loss and a measure alike: all of it is differentiable, and its own parameters never change.
"""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Float32
from torch import Tensor, nn

from core.errors import MissingWeights
from core.weights.catalogue import weights_named
from core.weights.pickled_arrays import read_arrays
from core.weights.store import damage, find_file, require

Backbone = Literal["alexnet", "vgg16"]
"""AlexNet is several times faster; VGG16 is the other one that papers report."""

SMALLEST_SIDE = 32
"""Pixels; below, the deepest features would have no place left."""

_Conv = tuple[int, int, int, int]
"""Output channels, kernel, stride, padding; each is followed by ReLU."""
_POOLS: dict[str, tuple[int, int]] = {"alexnet": (3, 2), "vgg16": (2, 2)}
"""Kernel and stride."""
# The pictures are compared after the last convolution of every stage.
_STAGES: dict[str, tuple[tuple[_Conv, ...], ...]] = {
    "alexnet": (
        ((64, 11, 4, 2),),
        ((192, 5, 1, 2),),
        ((384, 3, 1, 1),),
        ((256, 3, 1, 1),),
        ((256, 3, 1, 1),),
    ),
    "vgg16": tuple(((width, 3, 1, 1),) * depth for width, depth in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))),
}
_POOLED_BEFORE: dict[str, tuple[int, ...]] = {"alexnet": (1, 2), "vgg16": (1, 2, 3, 4)}
"""Stages that start with pooling."""
_TINY = 1e-8
"""Inside the root of the norm, whose gradient would be infinite where no channel answers."""


class LPIPS(nn.Module):
    """The distance; :func:`load_lpips` gives it its weights.

    Raises:
        ValueError: if there is no such backbone.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, backbone: Backbone = "alexnet") -> None:
        super().__init__()
        if backbone not in _STAGES:
            raise ValueError(f"backbone must be one of {', '.join(_STAGES)}, got {backbone!r}")
        self.stages = nn.ModuleList()
        channels = 3
        for number, convs in enumerate(_STAGES[backbone]):
            layers: list[nn.Module] = []
            if number in _POOLED_BEFORE[backbone]:
                layers.append(nn.MaxPool2d(*_POOLS[backbone]))
            for width, kernel, stride, padding in convs:
                layers += [nn.Conv2d(channels, width, kernel, stride, padding), nn.ReLU(inplace=True)]
                channels = width
            self.stages.append(nn.Sequential(*layers))
        widths = [convs[-1][0] for convs in _STAGES[backbone]]
        self.importances = nn.ParameterList(nn.Parameter(torch.ones(width)) for width in widths)
        self.register_buffer("shift", torch.tensor([-0.030, -0.088, -0.188]).view(3, 1, 1), persistent=False)
        self.register_buffer("scale", torch.tensor([0.458, 0.448, 0.450]).view(3, 1, 1), persistent=False)
        self.requires_grad_(False)
        self.eval()

    def forward(self, image: Float[Tensor, "b 3 h w"], target: Float[Tensor, "b 3 h w"]) -> Float[Tensor, " b"]:
        """The distance of each pair: 0 for equal pictures, usually below 1.

        The sum over the stages of the mean over places of ``sum_c w_c (a_c / |a| - b_c / |b|)^2``. As a loss, give
        the picture that wants gradients first or second, whichever: no graph is kept of one that wants none.

        Args:
            image: display sRGB in [0, 1].
            target: likewise.

        Raises:
            ValueError: if a side is shorter than :data:`SMALLEST_SIDE`.
        """
        if min(image.shape[-2:]) < SMALLEST_SIDE:
            raise ValueError(f"pictures must be at least {SMALLEST_SIDE} px wide and high, got {tuple(image.shape)}")
        distance = image.new_zeros(len(image))
        first, second = self._standardised(image), self._standardised(target)
        for stage, importance in zip(self.stages, self.importances, strict=True):
            first, second = stage(first), stage(second)
            difference = (_normalised(first) - _normalised(second)).square()
            distance = distance + F.conv2d(difference, importance.view(1, -1, 1, 1)).mean((1, 2, 3))
        return distance

    def _standardised(self, image: Tensor) -> Tensor:
        return ((2 * image - 1) - self.shift) / self.scale


def load_lpips(folder: Path, backbone: Backbone = "alexnet") -> LPIPS:
    """The distance with its weights.

    Args:
        folder: where these weights are kept; see :func:`core.weights.store.weights_folder`.
        backbone: ``alexnet`` or ``vgg16``.

    Raises:
        MissingWeights: if the file is absent or damaged; the sentence says what to run.
        ValueError: if there is no such backbone.
    """
    network = LPIPS(backbone)
    weights = weights_named("lpips" if backbone == "alexnet" else f"lpips-{backbone}")
    (file,) = weights.files
    require(weights, folder)
    path = find_file(file, folder)
    if path is None or damage(file, path):
        raise MissingWeights(f"{path} is damaged; delete it and run: python launch.py weights fetch {weights.name}")
    network.load_state_dict(_state(read_arrays(path), network))
    return network


def picture_distance(
    network: LPIPS, picture: Float32[np.ndarray, "h w 3"], target: Float32[np.ndarray, "h w 3"]
) -> float:
    """The distance of two pictures, display sRGB in [0, 1].

    Raises:
        ValueError: if a side is shorter than :data:`SMALLEST_SIDE`.
    """
    pair = (
        torch.from_numpy(np.ascontiguousarray(each, np.float32)).permute(2, 0, 1)[None] for each in (picture, target)
    )
    with torch.inference_mode():
        return float(network(*pair))


def _state(arrays: Any, network: LPIPS) -> dict[str, Tensor]:
    """Parameters by our names; the file has them by kind and number, convolutions as (height, width, in, out)."""
    convs = next(value for name, value in arrays.items() if not name.startswith("NetLin"))
    names = [name for name, module in network.named_modules() if isinstance(module, nn.Conv2d)]
    state = {}
    for number, name in enumerate(names):
        conv = convs[f"Conv_{number}"]
        state[f"{name}.weight"] = _tensor(conv["kernel"].transpose(3, 2, 0, 1))
        state[f"{name}.bias"] = _tensor(conv["bias"])
    for number in range(len(network.importances)):
        state[f"importances.{number}"] = _tensor(arrays[f"NetLinLayer_{number}"]["Conv_0"]["kernel"].reshape(-1))
    return state


def _tensor(array: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(array, np.float32))


def _normalised(features: Tensor) -> Tensor:
    return features * (features.square().sum(1, keepdim=True) + _TINY).rsqrt()
