"""Gaussian Domain Adaptation: an unposed selfie and its template to the Gaussians of a primary-style front view."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn

from core.checkpoint import load_checkpoint
from core.nets.pixel_gaussians import CHANNELS, BaseMaps, PixelMaps, pixel_maps
from core.nets.precision import quick
from core.nets.unet import AsymmetricUNet, UNetConfig

PARTS = 12
"""What a pixel of the selfie can show; see :data:`core.portrait.FACE_PARTS`."""

_INPUTS = 3 + PARTS + 1 + 4 + 3 + 3
# Centimetres that count as 1: the head then fills [-1, 1] or so.
_UNIT_CM = 10.0


@dataclass(frozen=True)
class GDAConfig:
    """Size of a :class:`GDA`."""

    size: int = 256
    """Side of the pictures taken in; a multiple of 32."""
    splats: int = 4
    """Side of the square of Gaussians at each pixel of the network's maps, which have a quarter of ``size``."""
    channels: tuple[int, int, int, int, int] = (32, 64, 96, 128, 192)
    """Of the U-Net's down blocks."""

    @property
    def grid(self) -> int:
        """Side of the grid of Gaussians."""
        return self.size // 4 * self.splats


SMALL = GDAConfig()
"""Small enough to be trained and used on a CPU."""
PAPER = GDAConfig(size=512, splats=1, channels=(64, 128, 256, 512, 1024))
"""As large as the paper's: 512 pixels in, 128 x 128 Gaussians out."""


@dataclass(frozen=True)
class FrameBatch:
    """:class:`core.canonical.frame.Frame` of several people, as tensors."""

    selfie: Float[Tensor, "b 3 s s"]
    labels: Int64[Tensor, "b s s"]
    visible: Float[Tensor, "b 1 s s"]
    rgba: Float[Tensor, "b 4 s s"]
    position: Float[Tensor, "b 3 s s"]
    """Of the template's surface, in the camera's frame, centimetres from the middle of the head."""
    normals: Float[Tensor, "b 3 s s"]

    def to(self, device: torch.device | str) -> "FrameBatch":
        """The same on a device."""
        return FrameBatch(**{name: tensor.to(device) for name, tensor in vars(self).items()})


class GDA(nn.Module):
    """The network. Before training it gives the template's own front view."""

    def __init__(self, config: GDAConfig = SMALL) -> None:
        super().__init__()
        self.config = config
        self.unet = AsymmetricUNet(UNetConfig(_INPUTS, CHANNELS * config.splats**2, config.channels))

    def forward(self, batch: FrameBatch) -> PixelMaps:
        """Eq. 2: the pixels' Gaussians, as residuals on the template."""
        labels = F.one_hot(batch.labels, PARTS).permute(0, 3, 1, 2)
        maps = [
            2 * batch.selfie - 1,
            labels,
            batch.visible,
            2 * batch.rgba - 1,
            batch.position / _UNIT_CM,
            batch.normals,
        ]
        dtype = self.unet.entry.weight.dtype
        seen = torch.cat([part.to(dtype) for part in maps], 1).contiguous(memory_format=torch.channels_last)
        residuals = F.pixel_shuffle(self.unet(seen), self.config.splats).float()
        rgba, selfie = self._at_grid(batch.rgba), self._at_grid(batch.selfie)
        return pixel_maps(BaseMaps(rgba[:, :3], rgba[:, 3:], selfie), residuals)

    def _at_grid(self, picture: Tensor) -> Tensor:
        grid = self.config.grid
        return picture if picture.shape[-1] == grid else F.adaptive_avg_pool2d(picture, grid)


def load_gda(path: Path) -> GDA:
    """A trained network, ready to use.

    Raises:
        MissingWeights: if the file is absent or damaged.
    """

    def build(values: dict[str, Any]) -> GDA:
        return GDA(GDAConfig(**{**values, "channels": tuple(values["channels"])}))

    network = load_checkpoint(path, "GDA network", build)
    quick(network.unet)
    return network
