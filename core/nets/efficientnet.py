"""What a picture shows, as 1,280 numbers: EfficientNet-Lite0 (Tan and Le, 2019; Lite: ReLU6, no squeeze and excite).

It was trained on ImageNet. Sets of pictures are compared by these features (:mod:`core.evaluate.distances`); they are
not those of Inception that papers use, so figures made with them compare with each other alone.
"""

import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Float32, UInt8
from PIL import Image
from torch import Tensor, nn

from core.errors import MissingWeights
from core.weights.catalogue import weights_named
from core.weights.store import damage, find_file, require

FEATURES = 1280
"""Numbers a picture."""
INPUT_PX = 224
"""Side of the square picture that the network looks at."""

# Of each group: blocks, expansion, output channels, kernel, stride of the first block.
_GROUPS = (
    (1, 1, 16, 3, 1),
    (2, 6, 24, 3, 2),
    (2, 6, 40, 5, 2),
    (3, 6, 80, 3, 2),
    (3, 6, 112, 5, 1),
    (4, 6, 192, 5, 2),
    (1, 6, 320, 3, 1),
)
_STEM = 32
_NORM_EPS = 1e-3
_BATCH = 16


class SameConv(nn.Conv2d):
    """Convolution padded as TensorFlow pads: an odd pixel goes right and below, unlike with PyTorch's own padding."""

    def forward(self, x: Tensor) -> Tensor:
        """Filtered features, at the side over the stride, rounded up."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        needed = [max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in x.shape[:-3:-1]]
        x = F.pad(x, [amount for side in needed for amount in (side // 2, side - side // 2)])
        return super().forward(x)


class InvertedResidual(nn.Module):
    """Widened, filtered channel by channel, narrowed; added to the input where the shapes agree."""

    def __init__(self, inputs: int, expansion: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        width = inputs * expansion
        self._expand_conv = SameConv(inputs, width, 1, bias=False) if expansion > 1 else None
        self._bn0 = nn.BatchNorm2d(width, _NORM_EPS) if expansion > 1 else None
        self._depthwise_conv = SameConv(width, width, kernel, stride, groups=width, bias=False)
        self._bn1 = nn.BatchNorm2d(width, _NORM_EPS)
        self._project_conv = SameConv(width, outputs, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(outputs, _NORM_EPS)
        self._adds = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Refined features."""
        wide = x
        if self._expand_conv is not None and self._bn0 is not None:
            wide = F.relu6(self._bn0(self._expand_conv(x)))
        wide = F.relu6(self._bn1(self._depthwise_conv(wide)))
        narrow = self._bn2(self._project_conv(wide))
        return x + narrow if self._adds else narrow


class EfficientNetLite0(nn.Module):
    """The network without its classifier; :func:`load_efficientnet` gives it its weights.

    Parameters have the names of the file of weights.
    """

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem = SameConv(3, _STEM, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(_STEM, _NORM_EPS)
        blocks, channels = [], _STEM
        for count, expansion, outputs, kernel, stride in _GROUPS:
            for number in range(count):
                blocks.append(InvertedResidual(channels, expansion, outputs, kernel, stride if number == 0 else 1))
                channels = outputs
        self._blocks = nn.Sequential(*blocks)
        self._conv_head = SameConv(channels, FEATURES, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(FEATURES, _NORM_EPS)
        self.requires_grad_(False)
        self.eval()

    def forward(self, image: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 1280"]:
        """Features, averaged over the picture; none is negative.

        Args:
            image: RGB in [-1, 1], best at :data:`INPUT_PX`.
        """
        x = F.relu6(self._bn0(self._conv_stem(image)))
        return F.relu6(self._bn1(self._conv_head(self._blocks(x)))).mean((2, 3))


def load_efficientnet(folder: Path) -> EfficientNetLite0:
    """The network with its weights.

    Args:
        folder: where the weights ``picture-features`` are kept; see :func:`core.weights.store.weights_folder`.

    Raises:
        MissingWeights: if the file is absent or damaged; the sentence says what to run.
    """
    weights = weights_named("picture-features")
    (file,) = weights.files
    require(weights, folder)
    path = find_file(file, folder)
    damaged = f"{path} is damaged; delete it and run: python launch.py weights fetch {weights.name}"
    if path is None or damage(file, path):
        raise MissingWeights(damaged)
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError) as error:
        raise MissingWeights(damaged) from error
    network = EfficientNetLite0()
    network.load_state_dict({name: value for name, value in state.items() if not name.startswith("_fc.")})
    return network


def picture_features(
    network: EfficientNetLite0, pictures: Sequence[UInt8[np.ndarray, "_ _ 3"]]
) -> Float32[np.ndarray, "n 1280"]:
    """Features of whole pictures, each brought to :data:`INPUT_PX` squared.

    Args:
        network: with its weights.
        pictures: sRGB, of any sizes.
    """
    rows = [np.zeros((0, FEATURES), np.float32)]
    for start in range(0, len(pictures), _BATCH):
        small = [
            np.asarray(Image.fromarray(picture).resize((INPUT_PX, INPUT_PX), Image.Resampling.BICUBIC))
            for picture in pictures[start : start + _BATCH]
        ]
        batch = torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float()
        with torch.no_grad():
            # As the network was trained: (value - 127) / 128.
            rows.append(network((batch - 127) / 128).numpy())
    return np.concatenate(rows)
