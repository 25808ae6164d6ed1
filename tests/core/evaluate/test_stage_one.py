import importlib.util

import numpy as np
import pytest
import torch

from core.errors import InvalidRequest, NoFaceFound
from core.evaluate import stage_one
from core.evaluate.identity import FaceEmbedder
from core.evaluate.stage_one import Maker, evaluate_stage_one, front_landmarks, template_maker
from core.landmarks import LEFT_EYE, RIGHT_EYE
from core.nets.efficientnet import EfficientNetLite0
from core.pipeline import Creation, Studio
from core.portrait import Portrait
from tests.conftest import PERSON

NAMES = ("ann", "bob", "cem")


class WholePicture(FaceEmbedder):
    """Knows nothing of faces: a few pixels of the picture as they are."""

    def __init__(self) -> None:
        pass

    def embed(self, image: np.ndarray, points: np.ndarray) -> np.ndarray:
        return image[16::64, 16::64].reshape(-1).astype(np.float64)


@pytest.fixture
def nobody_fits(monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio for where no face is looked for: without head, landmarker or parser."""
    monkeypatch.setattr(stage_one, "front_landmarks", lambda studio, portrait: np.zeros((478, 3)))
    return Studio.__new__(Studio)


@pytest.fixture(scope="module")
def network() -> EfficientNetLite0:
    """With random weights, as strong as trained ones."""
    torch.manual_seed(0)
    network = EfficientNetLite0()
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(module.weight)
    return network


@pytest.fixture(scope="module")
def people() -> dict[str, Portrait]:
    """Three made-up ones, each a wash of colours."""
    points, labels = np.zeros((478, 3), np.float32), np.zeros((512, 512), np.uint8)
    return {name: Portrait(wash(seed)[..., :3], points, {}, labels) for seed, name in enumerate(NAMES)}


@pytest.fixture(scope="module")
def pictures() -> dict[str, np.ndarray]:
    """In the style of all: washes, a little transparent."""
    return {name: wash(10 + seed, alpha=200) for seed, name in enumerate(NAMES)}


def wash(seed: int, alpha: int = 255) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    return np.dstack([coarse.repeat(64, 0).repeat(64, 1), np.full((512, 512), alpha, np.uint8)])


def recalled(people: dict[str, Portrait], pictures: dict[str, np.ndarray]) -> Maker:
    """Gives everybody the picture that is theirs."""
    return lambda portrait: next(pictures[name] for name, known in people.items() if known is portrait)


def test_the_template_maker_draws_the_avatar(
    creation: Creation, portraits: dict[str, Portrait], studio: Studio
) -> None:
    np.testing.assert_array_equal(template_maker(studio)(portraits[PERSON]), creation.primary)


def test_landmarks_lie_on_the_face_of_the_front_picture(studio: Studio, portraits: dict[str, Portrait]) -> None:
    """The eyes' rims stand about what the picture shows as eyes: level, left and right of the middle."""
    points = front_landmarks(studio, portraits[PERSON])
    left, right = points[list(LEFT_EYE), :2].mean(0), points[list(RIGHT_EYE), :2].mean(0)
    assert abs((left + right)[0] / 2 - 256) < 3 and abs(left[1] - right[1]) < 3 and 40 < left[0] - right[0] < 200


def test_every_maker_has_a_row_and_the_style_s_own_pictures_are_nearest(
    nobody_fits: Studio,
    people: dict[str, Portrait],
    pictures: dict[str, np.ndarray],
    network: EfficientNetLite0,
) -> None:
    recall = recalled(people, pictures)

    def spoiled(portrait: Portrait) -> np.ndarray:
        picture = recall(portrait).copy()
        picture[::2] = 255 - picture[::2]
        return picture

    def same(portrait: Portrait) -> np.ndarray:
        return pictures["ann"]

    def selfie(portrait: Portrait) -> np.ndarray:
        return np.dstack([portrait.image, np.full((512, 512), 255, np.uint8)])

    makers = {"template": recall, "spoiled": spoiled, "same": same, "selfie": selfie}
    result = evaluate_stage_one(people, makers, list(pictures.values()), nobody_fits, WholePicture(), network)
    assert result["people"] == result["reference"] == 3 and "not Inception" in result["features"]
    rows = result["rows"]
    assert set(rows) == set(makers)
    keys = {"fid", "kid", "id", "id_others", "top1", "top5", "mean_rank", "seconds"}
    assert all(set(row) == keys for row in rows.values())
    assert rows["template"]["fid"] == 0 < min(rows[name]["fid"] for name in ("same", "spoiled", "selfie"))
    assert rows["template"]["kid"] <= 0 < min(rows["spoiled"]["kid"], rows["selfie"]["kid"])
    # The selfie is itself; one picture for all tells nobody apart.
    assert rows["selfie"]["id"] == rows["selfie"]["top1"] == rows["selfie"]["mean_rank"] == 1
    assert rows["selfie"]["id_others"] < 1 and rows["same"]["id"] == pytest.approx(rows["same"]["id_others"])
    assert rows["same"]["top1"] == 0 and rows["same"]["mean_rank"] == 3 and rows["same"]["top5"] == 1


def test_a_portrait_that_one_maker_cannot_use_counts_for_none(
    nobody_fits: Studio,
    people: dict[str, Portrait],
    pictures: dict[str, np.ndarray],
    network: EfficientNetLite0,
) -> None:
    recall = recalled(people, pictures)
    asked: dict[str, int] = {"good": 0, "bad": 0}

    def good(portrait: Portrait) -> np.ndarray:
        asked["good"] += 1
        return recall(portrait)

    def bad(portrait: Portrait) -> np.ndarray:
        asked["bad"] += 1
        if portrait is people["bob"]:
            raise NoFaceFound("No.")
        return recall(portrait)

    reference = list(pictures.values())
    result = evaluate_stage_one(people, {"good": good, "bad": bad}, reference, nobody_fits, WholePicture(), network)
    assert result["people"] == 2
    # Each once more than there are people: the first is not timed.
    assert asked == {"good": 4, "bad": 4}
    rows = result["rows"]
    assert {key: value for key, value in rows["good"].items() if key != "seconds"} == {
        key: value for key, value in rows["bad"].items() if key != "seconds"
    }


def test_too_little_to_compare_is_said(
    nobody_fits: Studio,
    people: dict[str, Portrait],
    pictures: dict[str, np.ndarray],
    network: EfficientNetLite0,
) -> None:
    recall, reference = recalled(people, pictures), list(pictures.values())
    one = {"ann": people["ann"]}
    for portraits, makers, style, sentence in (
        (one, {"template": recall}, reference, "Fewer than two of the portraits"),
        (people, {}, reference, "at least one maker"),
        (people, {"template": recall}, reference[:1], "two pictures of the primary style"),
    ):
        with pytest.raises(InvalidRequest, match=sentence):
            evaluate_stage_one(portraits, makers, style, nobody_fits, WholePicture(), network)


@pytest.mark.skipif(importlib.util.find_spec("dlib") is None, reason="the extra eval is not installed")
def test_avatars_are_more_like_their_own_selfies_than_like_others(
    studio: Studio, portraits: dict[str, Portrait], network: EfficientNetLite0
) -> None:
    people = {name: portraits[name] for name in (PERSON, "beard", "bob")}
    reference = [wash(0), wash(1)]
    result = evaluate_stage_one(
        people, {"template": template_maker(studio)}, reference, studio, FaceEmbedder(), network
    )
    row = result["rows"]["template"]
    assert 1 > row["id"] > row["id_others"] > 0.5 and row["mean_rank"] <= 2
