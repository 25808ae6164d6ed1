"""What several tests need: small made-up avatars, and the example people measured once for all."""

from pathlib import Path

import numpy as np
import pytest

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.character.measure import Reading, read_character
from core.character.model import Character
from core.expressions import SHAPES
from core.face.detect import find_face
from core.face.landmarks import Landmarker, load_landmarker
from core.face.parts import FaceParser, load_parser, parse_face
from core.face.photo import decode_photo
from core.formats.bundle import save_bundle
from core.gaussians import DC, LOG_SCALE, LOGIT, MEAN, QUAT, Gaussians, to_columns
from core.pipeline import Creation, Settings, Studio
from core.portrait import Portrait
from core.render.splats import warm_up
from core.rig.head import HeadRig, load_head_rig
from core.rig.sight import Sight
from core.rig.surface import SurfacePattern, surface_pattern

ROOT = Path(__file__).resolve().parents[1]
CHECKPOINTS = ROOT / "checkpoints"
EXAMPLES = {path.stem: path for path in sorted((ROOT / "ui_assets" / "examples").glob("*.jpg"))}
PERSON = "short_hair"
"""The example that most tests look at."""


def random_gaussians(count: int, seed: int = 0) -> Gaussians:
    """Splats of plausible place, size and colour, in any orientation."""
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(count, 3))
    quats = rng.normal(size=(count, 4))
    return Gaussians(
        means=(directions / np.linalg.norm(directions, axis=1, keepdims=True) * (8, 12, 10)).astype(np.float32),
        quats=(quats / np.linalg.norm(quats, axis=1, keepdims=True)).astype(np.float32),
        scales=np.exp(rng.uniform(-4, 0, (count, 3))).astype(np.float32),
        opacities=rng.uniform(0.05, 0.99, count).astype(np.float32),
        colors=rng.uniform(0, 1, (count, 3)).astype(np.float32),
    )


def random_avatar(count: int, seed: int = 0) -> Avatar:
    """An avatar of 16 sparse sets that overlap on the first half of its splats; the rest never move."""
    rng = np.random.default_rng(seed)
    size = np.empty(14, np.float32)
    size[MEAN], size[DC], size[LOGIT], size[LOG_SCALE], size[QUAT] = 0.5, 0.3, 0.5, 0.2, 0.2
    offsets = []
    for _ in SHAPES:
        index = np.sort(rng.choice(count // 2, count // 8, replace=False)).astype(np.int32)
        offsets.append(OffsetSet(index, (rng.normal(size=(len(index), 14)) * size).astype(np.float32)))
    labels = rng.integers(0, len(PARTS), count).astype(np.uint8)
    return Avatar(to_columns(random_gaussians(count, seed)), tuple(offsets), labels)


@pytest.fixture(scope="session")
def tiny_gaussians() -> Gaussians:
    """64 splats."""
    return random_gaussians(64)


@pytest.fixture(scope="session")
def tiny_avatar() -> Avatar:
    """300 splats, 16 sparse sets."""
    return random_avatar(300)


@pytest.fixture(scope="session")
def landmarker() -> Landmarker:
    return load_landmarker()


@pytest.fixture(scope="session")
def parser() -> FaceParser:
    return load_parser(CHECKPOINTS / "face_parser.safetensors")


@pytest.fixture(scope="session")
def rig() -> HeadRig:
    return load_head_rig(CHECKPOINTS / "head_rig.safetensors")


@pytest.fixture(scope="session")
def pattern(rig: HeadRig) -> SurfacePattern:
    return surface_pattern(rig)


@pytest.fixture(scope="session")
def studio(rig: HeadRig, pattern: SurfacePattern, landmarker: Landmarker, parser: FaceParser) -> Studio:
    """All that makes avatars."""
    warm_up()
    return Studio(rig, pattern, landmarker, parser)


@pytest.fixture(scope="session")
def creation(studio: Studio) -> Creation:
    """The avatar of one example person, in one style."""
    return studio.create(EXAMPLES[PERSON].read_bytes(), Settings())


@pytest.fixture(scope="session")
def bundle(creation: Creation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same avatar as a file."""
    path = tmp_path_factory.mktemp("avatar") / "avatar.snapmoji"
    save_bundle(creation.avatar, path, {})
    return path


@pytest.fixture(scope="session")
def portraits(landmarker: Landmarker, parser: FaceParser) -> dict[str, Portrait]:
    """The example people."""
    return {name: portrait_of(path.read_bytes(), landmarker, parser) for name, path in EXAMPLES.items()}


@pytest.fixture(scope="session")
def readings(rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait]) -> dict[str, Reading]:
    """What is read of the example people."""
    return {name: read_character(rig, pattern, [portrait]) for name, portrait in portraits.items()}


@pytest.fixture(scope="session")
def characters(readings: dict[str, Reading]) -> dict[str, Character]:
    """The example people."""
    return {name: reading.character for name, reading in readings.items()}


@pytest.fixture(scope="session")
def sights(
    rig: HeadRig, pattern: SurfacePattern, portraits: dict[str, Portrait], readings: dict[str, Reading]
) -> dict[str, Sight]:
    """The example people's photos seen through their heads."""
    return {name: Sight(rig, pattern, portrait, readings[name].fit) for name, portrait in portraits.items()}


def portrait_of(photo: bytes, landmarker: Landmarker, parser: FaceParser) -> Portrait:
    image, face = find_face(landmarker, decode_photo(photo))
    return Portrait(image, face.points, face.scores, parse_face(parser, image))
