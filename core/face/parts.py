"""Which part of a face each pixel of an aligned portrait shows: our own small network.

The network sees the portrait at 256 px but computes at half of that and below; the last step regroups channels into
pixels (Shi et al., 2016). Training is in :mod:`core.train.parser`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Float32, UInt8
from PIL import Image
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from core.checkpoint import load_checkpoint, save_checkpoint
from core.errors import MissingWeights

FACE_PARTS = (
    *("background", "skin", "brows", "eyes", "glasses", "ears"),
    *("mouth", "lips", "neck", "clothes", "hair", "headwear"),
)
"""What a pixel can show; labels are indices into this tuple.

``skin`` includes the nose, ``ears`` earrings, ``neck`` necklaces; ``mouth`` is what open lips show; ``headwear`` is
hats, hoods and scarves. Left and right are not told apart.
"""


@dataclass(frozen=True)
class ParserConfig:
    """Shape of a :class:`FaceParser`; stored beside its weights."""

    size: int = 256
    """Side of the square picture the network looks at, pixels; a multiple of 16."""
    widths: tuple[int, int, int, int] = (24, 48, 96, 128)
    """Channels at 1/2, 1/4, 1/8 and 1/16 of the picture's side."""
    bottom_blocks: int = 2
    """Residual blocks at the lowest resolution; every second one is dilated to see the whole head."""
    parts: tuple[str, ...] = FACE_PARTS
    """Names of the output channels."""


TINY_PARSER = ParserConfig(size=64, widths=(8, 8, 16, 16), bottom_blocks=1)
"""A parser that trains for a step in milliseconds; for tests."""


class ConvUnit(nn.Module):
    """Convolution, batch normalisation and, where asked for, ReLU."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, dilation: int = 1, active: bool = True
    ):
        super().__init__()
        padding = dilation * (kernel // 2)
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs)
        self.active = active

    def forward(self, x: Tensor) -> Tensor:
        """Filtered features."""
        x = self.norm(self.conv(x))
        return F.relu(x, inplace=True) if self.active else x


class ResidualBlock(nn.Module):
    """Two convolutions whose sum with the input goes through ReLU."""

    def __init__(self, width: int, dilation: int = 1):
        super().__init__()
        self.first = ConvUnit(width, width, dilation=dilation)
        self.second = ConvUnit(width, width, active=False)

    def forward(self, x: Tensor) -> Tensor:
        """Refined features."""
        return F.relu(x + self.second(self.first(x)))


class FaceParser(nn.Module):
    """A U-Net whose finest features live at half the picture's resolution."""

    def __init__(self, config: ParserConfig | None = None):
        super().__init__()
        self.config = config or ParserConfig()
        if self.config.size % 16:
            raise ValueError(f"config.size must be a multiple of 16, got {self.config.size}")
        half, quarter, eighth, sixteenth = self.config.widths
        self.stem = ConvUnit(12, half)
        self.down_quarter = nn.Sequential(ConvUnit(half, quarter, stride=2), ResidualBlock(quarter))
        self.down_eighth = nn.Sequential(ConvUnit(quarter, eighth, stride=2), ResidualBlock(eighth))
        self.down_sixteenth = nn.Sequential(
            ConvUnit(eighth, sixteenth, stride=2),
            *(ResidualBlock(sixteenth, dilation=1 + i % 2) for i in range(self.config.bottom_blocks)),
        )
        self.lift_eighth = ConvUnit(sixteenth, eighth, kernel=1)
        self.lift_quarter = ConvUnit(eighth, quarter, kernel=1)
        self.lift_half = ConvUnit(quarter, half, kernel=1)
        self.merge_eighth = ResidualBlock(eighth)
        self.merge_quarter = ResidualBlock(quarter)
        self.merge_half = ConvUnit(half, 32)
        self.head = nn.Conv2d(32, 4 * len(self.config.parts), 1)

    def forward(self, image: Float[Tensor, "b 3 s s"]) -> Float[Tensor, "b c s s"]:
        """Logits of every part.

        Args:
            image: RGB in [-1, 1], aligned as FFHQ aligns; the side must be a multiple of 16.
        """
        half = self.stem(F.pixel_unshuffle(image, 2))
        quarter = self.down_quarter(half)
        eighth = self.down_eighth(quarter)
        x = self.down_sixteenth(eighth)
        x = self.merge_eighth(eighth + _doubled(self.lift_eighth(x)))
        x = self.merge_quarter(quarter + _doubled(self.lift_quarter(x)))
        x = self.merge_half(half + _doubled(self.lift_half(x)))
        return F.pixel_shuffle(self.head(x), 2)


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


def save_parser(parser: FaceParser, path: Path) -> None:
    """Writes a parser; see :func:`core.checkpoint.save_checkpoint`."""
    save_checkpoint(parser, parser.config, path)


def load_parser(path: Path) -> FaceParser:
    """A parser ready to use: evaluation mode, its normalisations folded into the convolutions.

    Raises:
        MissingWeights: if the file is absent, damaged, or made for other face parts.
    """

    def build(values: dict[str, Any]) -> FaceParser:
        sizes = {"widths": tuple(values["widths"]), "parts": tuple(values["parts"])}
        return FaceParser(ParserConfig(**{**values, **sizes}))

    parser = load_checkpoint(path, "face parser", build)
    if parser.config.parts != FACE_PARTS:
        raise MissingWeights(f"The face parser's weights at {path} were trained for other face parts; fetch them anew.")
    return fold_norms(parser)


def fold_norms(parser: FaceParser) -> FaceParser:
    """The same parser, in place, with each batch normalisation folded into its convolution; for use, not training."""
    for unit in parser.modules():
        if isinstance(unit, ConvUnit) and isinstance(unit.norm, nn.BatchNorm2d):
            unit.conv = fuse_conv_bn_eval(unit.conv, unit.norm)
            unit.norm = nn.Identity()
    return parser.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def shrink(image: UInt8[np.ndarray, "h w 3"], size: int) -> UInt8[np.ndarray, "s s 3"]:
    """A square picture at the side the network wants, filtered so that nothing aliases."""
    if image.shape[:2] == (size, size):
        return image
    return np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))


def parse_face(parser: FaceParser, image: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "h w"]:
    """Index into :data:`FACE_PARTS` of every pixel of a square, upright, FFHQ-aligned portrait.

    Args:
        parser: from :func:`load_parser`.
        image: sRGB portrait.

    Raises:
        ValueError: if the picture is not square.
    """
    with torch.inference_mode():
        # Tensor.max finds the index along the first axis five times faster than Tensor.argmax.
        return _logits(parser, image).max(0).indices.to(torch.uint8).numpy()


def _logits(parser: FaceParser, image: UInt8[np.ndarray, "h w 3"]) -> Float32[Tensor, "c h w"]:
    height, width = image.shape[:2]
    if height != width:
        raise ValueError(f"image must be square, got {height} x {width}")
    small = torch.from_numpy(shrink(image, parser.config.size).copy()).permute(2, 0, 1)[None]
    logits = parser((small.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last))
    # Between logits, not between labels: the border of a part stays smooth at any size.
    if width != parser.config.size:
        logits = F.interpolate(logits.contiguous(), size=(height, width), mode="bilinear", align_corners=False)
    return logits[0].float()
