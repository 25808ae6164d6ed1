"""Made-up people to train on: an oval head with hair, some of them with a hat that the template lacks."""

import numpy as np
import pytest

from core.canonical.frame import TemplateView
from core.canonical.unpose import PHOTO_PX
from core.portrait import FACE_PARTS
from core.train.pairs import PackedView, Pair, pack_places

SIZE = 64


def made_up_pair(seed: int, size: int = SIZE) -> Pair:
    rng = np.random.default_rng(seed)
    rows, columns = np.indices((size, size), np.float32) / size
    inside = ((rows - 0.55) / 0.35) ** 2 + ((columns - 0.5) / 0.28) ** 2
    surface = inside < 1
    labels = np.where(surface, FACE_PARTS.index("skin"), 0).astype(np.uint8)
    labels[surface & (rows < 0.4)] = FACE_PARTS.index("hair")
    hat = (rows > 0.08) & (rows < 0.25) & (abs(columns - 0.5) < 0.3)
    wears = bool(seed % 2)
    colors = rng.uniform(0.2, 0.9, (len(FACE_PARTS), 3))
    template = np.concatenate([colors[labels], surface[..., None].astype(float)], 2).astype(np.float32)
    target = template.copy()
    if wears:
        labels[hat] = FACE_PARTS.index("headwear")
        target[hat] = [*colors[FACE_PARTS.index("headwear")], 1.0]
    photo = np.rint(colors[labels] * 255 + rng.normal(0, 4, (size, size, 3))).clip(0, 255).astype(np.uint8)
    depth = 100 - 12 * np.sqrt(np.maximum(1 - inside, 0))
    normals = np.zeros((size, size, 3), np.float32)
    normals[..., 2] = 1
    weak = template.copy()
    weak[..., :3] = 0.5
    views = [PackedView.pack(TemplateView(rgba, depth.astype(np.float32), normals)) for rgba in (template, weak)]
    places = (np.stack([columns, rows], -1) + 0.5 / size) * PHOTO_PX
    shown = np.ones((size, size), bool)
    return Pair(
        photo, labels, pack_places(places.astype(np.float32)), surface, shown, *views,
        target=np.rint(target * 255).astype(np.uint8), residual_mm=1.0, yaw_deg=3.0, occluded=0.0,
    )  # fmt: skip


@pytest.fixture(scope="session")
def pair() -> Pair:
    """Of somebody with a hat."""
    return made_up_pair(1)
