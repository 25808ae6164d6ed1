from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.errors import InvalidRequest, NoFaceFound
from core.face.landmarks import Landmarker
from core.face.parts import FaceParser
from core.portrait import FACE_PARTS
from core.rig.head import HeadRig
from core.rig.surface import SurfacePattern
from core.train import synthesize as module
from core.train.pairs import PairRule
from core.train.synthesize import Maker, synthesize
from tests.conftest import EXAMPLES, PERSON

SIZE = 96


@pytest.fixture(scope="module")
def maker(rig: HeadRig, pattern: SurfacePattern, landmarker: Landmarker, parser: FaceParser) -> Maker:
    return Maker(rig, pattern, landmarker, parser, SIZE)


def test_a_portrait_becomes_a_pair(maker: Maker) -> None:
    pair = maker.pair(EXAMPLES[PERSON].read_bytes(), seed=0)
    assert pair.photo.shape == (SIZE, SIZE, 3) and pair.target.shape == (SIZE, SIZE, 4)
    assert PairRule().allows(pair) and 0 < pair.residual_mm < 1.8
    template, target = pair.template.rgba / 255.0, pair.target / 255.0
    assert np.abs(target - template).mean() < 0.05, "the teacher's picture is the template's, but for details"
    assert (pair.target[..., 3] >= pair.template.rgba[..., 3].astype(int) - 1).all()
    assert not np.array_equal(pair.weak.rgba, pair.template.rgba), "something is missing"
    skin = pair.labels == FACE_PARTS.index("skin")
    assert 0.1 < skin.mean() < 0.6 and pair.surface.mean() > 0.1
    places = pair.unposing.places[pair.surface & pair.visible]
    assert places.min() >= 0 and places.max() <= 512, "what is visible lies in the photo"


def test_a_picture_without_a_face_is_refused(maker: Maker, tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), (90, 120, 150)).save(tmp_path / "wall.jpg")
    with pytest.raises(NoFaceFound):
        maker.pair((tmp_path / "wall.jpg").read_bytes(), 0)


def test_portraits_are_shared_out_and_what_is_there_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Here:
        """Does in this process what workers would do in theirs."""

        def __init__(self, workers: int, mp_context: object) -> None:
            self.map = map

        def __enter__(self) -> "Here":
            return self

        def __exit__(self, *error: object) -> None: ...

    made: list[list[str]] = []

    def make(photos: list[Path], out: Path, checkpoints: Path, size: int) -> None:
        made.append([photo.stem for photo in photos])
        for photo in photos:
            (out / f"{photo.stem}.npz").touch()

    monkeypatch.setattr(module, "ProcessPoolExecutor", Here)
    monkeypatch.setattr(module, "_make", make)
    faces, out = tmp_path / "faces", tmp_path / "pairs"
    faces.mkdir()
    with pytest.raises(InvalidRequest, match="holds no portraits"):
        synthesize(faces, out, tmp_path)
    for k in range(10):
        (faces / f"{k}.jpg").touch()
    assert synthesize(faces, out, tmp_path, limit=4, workers=2) == 4
    assert made == [["0", "5"], ["2", "7"]], "spread evenly over the folder"
    made.clear()
    assert synthesize(faces, out, tmp_path, workers=1) == 10
    assert made == [["1", "3", "4", "6", "8", "9"]]
