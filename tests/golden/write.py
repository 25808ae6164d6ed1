"""Writes the golden files anew: ``python -m tests.golden.write``. Only for a new version of the format.

Python's tests and ``node --test`` both read ``tiny.snapmoji`` and must come to the numbers in ``tiny.json``, which
are worked out here in double precision, by Eq. 7 as it stands in the paper.
"""

import json
from pathlib import Path

import numpy as np

from core.avatar.model import Avatar
from core.formats.bundle import decode, encode
from core.gaussians import QUAT
from tests.conftest import random_avatar

HERE = Path(__file__).parent
META = {"creator": "Ада", "style": "toon", "settings": {"strength": 0.5}}
POSES = (np.zeros(16), np.eye(16)[6], np.linspace(0, 1, 16), np.linspace(1, 0, 16) ** 2)


def by_the_paper(avatar: Avatar, weights: np.ndarray) -> np.ndarray:
    """Columns at these weights, quaternions of unit length, in float64."""
    rows = avatar.rest.astype(np.float64)
    for weight, offset in zip(weights, avatar.offsets, strict=True):
        rows[offset.index] += weight * offset.delta
    rows[:, QUAT] /= np.linalg.norm(rows[:, QUAT], axis=1, keepdims=True)
    return rows


def main() -> None:
    data = encode(random_avatar(48), META)
    avatar, meta = decode(data)
    poses = [
        {"weights": weights.round(4).tolist(), "columns": by_the_paper(avatar, weights.round(4)).round(7).tolist()}
        for weights in POSES
    ]
    expected = {"meta": meta, "shapes": avatar.shapes, "labels": avatar.labels.tolist(), "poses": poses}
    (HERE / "tiny.snapmoji").write_bytes(data)
    (HERE / "tiny.json").write_text(json.dumps(expected, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
