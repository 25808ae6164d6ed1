"""Pictures as tensors, and how losses look at them."""

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor


def tensor_of(picture: Float32[np.ndarray, "h w c"]) -> Float[Tensor, "c h w"]:
    """A picture with its channels first."""
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(picture, -1, 0)))


def premultiplied(rgba: Float[Tensor, "b 4 h w"]) -> Float[Tensor, "b 4 h w"]:
    """Straight alpha to premultiplied."""
    return torch.cat([rgba[:, :3] * rgba[:, 3:], rgba[:, 3:]], 1)


def on_white(picture: Float[Tensor, "b 4 h w"]) -> Float[Tensor, "b 3 h w"]:
    """A premultiplied picture on white."""
    return picture[:, :3] + 1 - picture[:, 3:]


def slopes(picture: Float[Tensor, "*b h w"]) -> tuple[Tensor, Tensor]:
    """Differences of neighbours, across and down."""
    return picture[..., 1:] - picture[..., :-1], picture[..., 1:, :] - picture[..., :-1, :]
