"""The generator G (paper, Eq. 5): a front picture and a drive to residuals on the rig, in two layers a pixel."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Tensor, nn

from core.checkpoint import load_checkpoint
from core.nets.driven_unet import Drive, DrivenUNet
from core.nets.expression import ExpressionConfig, ExpressionEncoder
from core.nets.pointer import Pointer
from core.nets.rounding import Rounding
from core.nets.unet import UNetConfig

CHANNELS = 13
"""Of a layer's map of residuals: colour (3), opacity, place (3), log scale (3), turn (3)."""
COLOR, OPACITY, SHIFT, GROWTH, TURN = slice(0, 3), slice(3, 4), slice(4, 7), slice(7, 10), slice(10, 13)
"""Where each stands among the channels."""

PARTS = 17
"""What a splat can belong to; see :data:`core.avatar.model.PARTS`."""

_MAPS = 3 * 2 + 3 * 2 + 2 * PARTS + 1 + 2 + 2 + 3
# Centimetres that count as 1, of places and of movements.
_UNIT_CM, _MOTION_CM = 10.0, 0.5
# How far an output of 1 moves a logit, and a splat in centimetres; most that it adds to log scales and half turns.
_LOGITS, _SHIFT_CM, _GROWTH, _TURN = 8.0, 4.0, 0.7, 0.5


@dataclass(frozen=True)
class GeneratorConfig:
    """Size of a :class:`Generator`."""

    size: int = 256
    """Side of the picture taken in, a multiple of 32; the grid of residuals has half of it."""
    channels: tuple[int, int, int, int, int] = (32, 64, 96, 128, 192)
    """Of the U-Net's down blocks."""
    expression: ExpressionConfig = field(default_factory=ExpressionConfig)
    rig_maps: bool = True
    """Whether the network sees the template's maps and the posed rig's positions; without them it has the picture and
    the driving tokens alone."""

    @property
    def grid(self) -> int:
        """Side of the maps of residuals."""
        return self.size // 2


SMALL = GeneratorConfig()
"""Small enough to be trained and used on a CPU."""
PAPER = GeneratorConfig(size=512, channels=(64, 128, 256, 512, 1024))
"""As large as the paper's."""


@dataclass(frozen=True)
class RigViews:
    """Several people's front pictures with the template avatar behind them.

    ``h`` is half the side ``s``, ``q`` a quarter. Index 0 of pairs is the surface that shows, 1 the one furthest
    behind it.
    """

    picture: Float[Tensor, "b 4 s s"]
    """Display sRGB, straight alpha: what is to become an avatar."""
    primary: Float[Tensor, "b 2 3 h h"]
    """Colours of the template before the picture was laid onto it."""
    lifted: Float[Tensor, "b 2 3 h h"]
    """And after it."""
    parts: Int64[Tensor, "b 2 h h"]
    """Indices into :data:`core.avatar.model.PARTS`."""
    alpha: Float[Tensor, "b 1 h h"]
    """Coverage by the template."""
    depth: Float[Tensor, "b 2 h h"]
    """Along the camera's axis, in centimetres from the middle of the head."""
    revolved: Float[Tensor, "b 2 h h"]
    """What ``depth`` would be, were all that the picture shows round about upright axes."""
    normals: Float[Tensor, "b 3 h h"]
    """Of the surface that shows, head frame."""
    positions: Float[Tensor, "b 3 q q"]
    """Of the surface that shows, at rest, head frame, in centimetres."""
    motion: Float[Tensor, "b k 3 q q"]
    """What each shape at weight 1 adds to ``positions``."""
    identity: Float[Tensor, "b i"]
    """Of the head that was fitted to the reference picture."""

    def to(self, device: torch.device | str) -> "RigViews":
        """The same on a device."""
        return RigViews(**{name: tensor.to(device) for name, tensor in vars(self).items()})


@dataclass(frozen=True)
class Encoded:
    """What of several people's pictures does not depend on the expression."""

    features: tuple[Tensor, ...]
    """Of the U-Net's first down blocks."""
    pointed: Float[Tensor, "b 3 h h"]
    """Colours that the layer behind might take from the picture."""
    behind: Float[Tensor, "b 3 h h"]
    """By how much it does change towards them."""
    roundness: Float[Tensor, "b 2 h h"]
    """How much of the way both layers go to the depths of a round body."""


class Generator(nn.Module):
    """The network. Before training all residuals are 0: the avatar stays the template with the picture laid onto it."""

    def __init__(self, config: GeneratorConfig = SMALL) -> None:
        super().__init__()
        self.config = config
        self.expression = ExpressionEncoder(config.expression)
        # Maps of a quarter of the side, four residuals a pixel of them.
        shape = UNetConfig(4, 4 * 2 * CHANNELS, config.channels)
        self.unet = DrivenUNet(shape, _MAPS, config.expression.width)
        self.pointer = Pointer(config.channels[2])
        self.rounding = Rounding(config.channels[2])

    def encode(self, views: RigViews) -> "Encoded":
        """What of the picture does not depend on the expression."""
        picture = torch.cat([views.picture[:, :3] * views.picture[:, 3:], views.picture[:, 3:]], 1)
        towards = (views.revolved - views.depth) * float(self.config.rig_maps)
        parts = F.one_hot(views.parts, PARTS).permute(0, 1, 4, 2, 3).flatten(1, 2)
        maps = [
            2 * views.primary.flatten(1, 2) - 1,
            2 * views.lifted.flatten(1, 2) - 1,
            parts,
            views.alpha,
            views.depth / _UNIT_CM,
            towards / _UNIT_CM,
            views.normals,
        ]
        seen = torch.cat([each.to(picture.dtype) for each in maps], 1) * float(self.config.rig_maps)
        channels_last = {"memory_format": torch.channels_last}
        found = self.unet.encode((2 * picture - 1).contiguous(**channels_last), seen.contiguous(**channels_last))
        pointed, gate = self.pointer(found[-1], picture, self.config.grid)
        roundness = self.rounding(found[-1], self.config.grid) * float(self.config.rig_maps)
        return Encoded(found, pointed, gate * (pointed - views.lifted[:, 1]), roundness)

    def drive(
        self,
        encoded: "Encoded",
        views: RigViews,
        weights: Float[Tensor, "b d k"],
        codes: Float[Tensor, "b d c"],
    ) -> Float[Tensor, "b d 2 13 h h"]:
        """Residuals at each of ``d`` expressions of each person; see :data:`CHANNELS`.

        Colours are display sRGB, opacities logits, places centimetres (head frame), scales logarithms in the splats'
        own axes, turns vector parts of quaternions ``(1, turn)`` in the same.
        """
        count = weights.shape[1]
        identity = views.identity[:, None].expand(-1, count, -1)
        tokens = self.expression(weights.flatten(0, 1), codes.flatten(0, 1), identity.flatten(0, 1))
        moved = torch.einsum("bdk,bkchw->bdchw", weights, views.motion)
        posed = torch.cat([(views.positions[:, None] + moved) / _UNIT_CM, moved / _MOTION_CM], 2).flatten(0, 1)
        raw = self.unet.drive(encoded.features, Drive(tokens, posed * float(self.config.rig_maps)))
        maps = F.pixel_shuffle(raw, 2).float().unflatten(0, (-1, count)).unflatten(2, (2, CHANNELS))
        color, opacity, shift, growth, turn = maps.split((3, 1, 3, 3, 3), 3)
        color = torch.stack([color[:, :, 0], color[:, :, 1] + encoded.behind[:, None]], 2)
        nearer = encoded.roundness * (views.depth - views.revolved)
        shift = _SHIFT_CM * shift + F.pad(nearer[:, None, :, None], (0, 0, 0, 0, 2, 0))
        return torch.cat([color, _LOGITS * opacity, shift, _GROWTH * growth.tanh(), _TURN * turn.tanh()], 3)

    def forward(
        self, views: RigViews, weights: Float[Tensor, "b d k"], codes: Float[Tensor, "b d c"]
    ) -> Float[Tensor, "b d 2 13 h h"]:
        """:meth:`encode`, then :meth:`drive`."""
        return self.drive(self.encode(views), views, weights, codes)


def load_generator(path: Path) -> Generator:
    """A trained network, ready to use.

    Raises:
        MissingWeights: if the file is absent or damaged.
    """

    def build(values: dict[str, Any]) -> Generator:
        expression = ExpressionConfig(**values["expression"])
        return Generator(GeneratorConfig(**values | {"channels": tuple(values["channels"]), "expression": expression}))

    return load_checkpoint(path, "generator", build).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
