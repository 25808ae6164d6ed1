"""The expression encoder (paper, Eq. 4): what drives the generator."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn


@dataclass(frozen=True)
class ExpressionConfig:
    """Size of an :class:`ExpressionEncoder`."""

    shapes: int = 16
    """Blendshape weights."""
    code: int = 100
    """Numbers of the rig's expression code; see :mod:`core.rig.expression_code`."""
    identity: int = 93
    """Coefficients of the head that was fitted to the reference picture, which are our identity feature."""
    tokens: int = 8
    """Tokens that the generator attends to."""
    width: int = 96
    """Length of a token."""


class ExpressionEncoder(nn.Module):
    """Weights, expression code and identity to tokens: ``E_mlp([E_proj([f_bs; f_mm]); f_id])``.

    The rest of the paper's ``f_drive``, the position map, goes into the generator's driven part as it is.
    """

    def __init__(self, config: ExpressionConfig) -> None:
        super().__init__()
        self.config = config
        self.project = nn.Linear(config.shapes + config.code, 16)
        self.mix = nn.Sequential(
            nn.Linear(16 + config.identity, 128), nn.SiLU(), nn.Linear(128, config.tokens * config.width)
        )

    def forward(
        self, weights: Float[Tensor, "b k"], code: Float[Tensor, "b c"], identity: Float[Tensor, "b i"]
    ) -> Float[Tensor, "b t w"]:
        """Tokens to attend to."""
        expression = self.project(torch.cat([weights, code], 1))
        return self.mix(torch.cat([expression, identity], 1)).unflatten(1, (self.config.tokens, self.config.width))
