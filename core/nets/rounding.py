"""Where what a picture shows is round: a gate between the template's depths and those of a turned body."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn


class Rounding(nn.Module):
    """By how much both layers come nearer to a round body's; before training not at all."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gate = nn.Conv2d(channels, 2, 1)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)  # pyright: ignore[reportArgumentType]

    def forward(
        self, features: Float[Tensor, "b c k k"], towards: Float[Tensor, "b 2 h h"]
    ) -> Float[Tensor, "b 2 h h"]:
        """What to add to the depths, in centimetres.

        Args:
            features: of the picture and the template, coarse.
            towards: the round body's depths less the template's.
        """
        gate = F.interpolate(self.gate(features).float(), size=towards.shape[-2:], mode="bilinear", align_corners=False)
        return gate * towards
