"""Colours for what a picture does not show, pointed at in the picture itself: styles never seen work as well."""

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

# Where the picture is empty there is no colour to point at.
_EMPTY = -30.0


class Pointer(nn.Module):
    """For each pixel a mixture of the picture's own colours, and how far to take it; before training not at all."""

    def __init__(self, channels: int, width: int = 48) -> None:
        super().__init__()
        self.query, self.key = nn.Conv2d(channels, width, 1), nn.Conv2d(channels, width, 1)
        self.gate = nn.Conv2d(channels, 1, 1)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)  # pyright: ignore[reportArgumentType]

    def forward(
        self, features: Float[Tensor, "b c k k"], picture: Float[Tensor, "b 4 s s"], grid: int
    ) -> tuple[Float[Tensor, "b 3 h h"], Float[Tensor, "b 1 h h"]]:
        """Colours and gate, ``grid`` a side.

        Args:
            features: of the picture and the template, coarse.
            picture: display sRGB, premultiplied, and coverage.
            grid: side of what comes out.
        """
        side = features.shape[-1]
        small = F.adaptive_avg_pool2d(picture, side).float().flatten(2)
        alpha = small[:, 3:]
        colors = small[:, :3] / alpha.clamp(min=1e-3)
        scores = self.query(features).flatten(2).transpose(1, 2) @ self.key(features).flatten(2)
        scores = scores.float() * self.query.out_channels**-0.5 + _EMPTY * (alpha < 0.5)
        pointed = (scores.softmax(2) @ colors.transpose(1, 2)).transpose(1, 2).unflatten(2, (side, side))
        gate = self.gate(features).float()
        # A straight-through clamp would leave a closed gate without a way to open.
        gate = gate.clamp(0, 1) + 0.05 * (gate - gate.clamp(0, 1))
        size = {"size": (grid, grid), "mode": "bilinear", "align_corners": False}
        return F.interpolate(pointed, **size), F.interpolate(gate, **size)
