"""What the template avatar shows at each pixel of the canonical front view, in the words of a face parser."""

from dataclasses import replace

import numpy as np
from jaxtyping import UInt8

from core.avatar.model import PARTS, Avatar
from core.camera import Camera
from core.portrait import FACE_PARTS
from core.render.splats import render

_SEEN_AS = {
    "ear": "ears",
    "neck": "neck",
    "lips": "lips",
    "sclera": "eyes",
    "iris": "eyes",
    "lash": "eyes",
    "brow": "brows",
    "hair": "hair",
    "beard": "skin",
    "skin": "skin",
    "glasses": "glasses",
    "teeth": "mouth",
    "tongue": "mouth",
    "mouth": "mouth",
    "headwear": "headwear",
    "clothes": "clothes",
    "accessory": "ears",
}
# Splats carry three numbers at a time, so parts are drawn three by three.
_AT_ONCE = 3


def template_parts(avatar: Avatar, camera: Camera) -> UInt8[np.ndarray, "h w"]:
    """Indices into :data:`core.portrait.FACE_PARTS`: the part most of each pixel's colour comes from.

    A beard counts as skin, as it does to the parser.
    """
    rest = avatar.posed(np.zeros(len(avatar.shapes), np.float32))
    seen_as = np.array([FACE_PARTS.index(_SEEN_AS[part]) for part in PARTS])[avatar.labels]
    shares = np.zeros((camera.height, camera.width, len(FACE_PARTS)), np.float32)
    for first in range(1, len(FACE_PARTS), _AT_ONCE):
        parts = np.arange(first, min(first + _AT_ONCE, len(FACE_PARTS)))
        primaries = np.zeros((len(avatar), 3), np.float32)
        primaries[:, : len(parts)] = seen_as[:, None] == parts
        drawn = render(replace(rest, colors=primaries), camera)
        shares[..., parts] = drawn.color[..., : len(parts)]
    shares[..., 0] = 1 - shares.sum(2)
    return shares.argmax(2).astype(np.uint8)
