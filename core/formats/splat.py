"""One pose of an avatar as a ``.splat`` file: 32 bytes a splat and nothing else.

Centre and standard deviations are float32, in centimetres; colour, opacity and rotation have a byte each.
"""

from pathlib import Path

import numpy as np

from core.errors import UnreadableAvatar
from core.formats.checks import MAX_STILL_SPLATS, drawable
from core.formats.files import read_limited, replacing
from core.gaussians import Gaussians, to_columns

_SPLAT = np.dtype([("mean", "<f4", 3), ("scale", "<f4", 3), ("rgba", "u1", 4), ("quat", "u1", 4)])


def save_splat(gaussians: Gaussians, path: str | Path) -> None:
    """Writes the splats in order.

    Raises:
        OSError: if the file cannot be written.
    """
    splats = np.empty(len(gaussians), _SPLAT)
    splats["mean"], splats["scale"] = gaussians.means, gaussians.scales
    rgba = np.concatenate([gaussians.colors, gaussians.opacities[:, None]], 1)
    splats["rgba"] = np.rint(np.clip(rgba, 0, 1) * 255)
    # 128 is zero and 255 just under one, so a component of exactly one loses half a degree: turned
    # about, q and -q being one rotation, the largest component is negative, and -1 has its byte.
    largest = np.abs(gaussians.quats).argmax(1)
    away = -np.sign(np.take_along_axis(gaussians.quats, largest[:, None], 1))
    splats["quat"] = np.clip(np.rint(gaussians.quats * away * 128 + 128), 0, 255)
    with replacing(path) as unfinished:
        unfinished.write_bytes(splats.tobytes())


def load_splat(path: str | Path) -> Gaussians:
    """The splats of a ``.splat`` file. It has no magic bytes: what does not look like splats is refused.

    Raises:
        UnreadableAvatar: if there is no such file, or it is damaged or too large.
    """
    data = read_limited(path, ".splat")
    count, left_over = divmod(len(data), _SPLAT.itemsize)
    if left_over or not count:
        raise UnreadableAvatar(f"{Path(path).name} is damaged: a .splat file has 32 bytes for each splat.")
    if count > MAX_STILL_SPLATS:
        raise UnreadableAvatar(f"{Path(path).name} has {count:,} splats; at most {MAX_STILL_SPLATS:,} can be read.")
    splats = np.frombuffer(data, _SPLAT)
    # Where a scale is not a number or negative, nothing but damage would have put it there.
    if not np.isfinite(splats["mean"]).all() or not (splats["scale"] >= 0).all() or np.isinf(splats["scale"]).any():
        raise UnreadableAvatar(f"{Path(path).name} is damaged: it holds numbers that are not splats.")
    quats = (splats["quat"].astype(np.float32) - 128) / 128
    rgba = splats["rgba"].astype(np.float32) / 255
    means, scales = splats["mean"].astype(np.float32), splats["scale"].astype(np.float32)
    return drawable(to_columns(Gaussians(means, quats, scales, rgba[:, 3].copy(), rgba[:, :3].copy())))
