"""Where what a picture shows is round: a gate between the template's depths and those of a round body."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Rounding(nn.Module):
    """How much of the way both layers go to a round body's depths, 1 being all of it; before training none."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gate = nn.Conv2d(channels, 2, 1)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)  # pyright: ignore[reportArgumentType]

    def forward(self, features: Float[Tensor, "b c k k"], grid: int) -> Float[Tensor, "b 2 h h"]:
        """The gate of each layer, ``grid`` a side, of coarse features of the picture and the template."""
        return F.interpolate(self.gate(features).float(), size=(grid, grid), mode="bilinear", align_corners=False)
