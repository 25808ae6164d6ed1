import importlib.util

import numpy as np
import pytest

import launch
from core.errors import MissingExtra
from core.evaluate import identity
from core.evaluate.identity import FaceEmbedder, evaluate_identity, retrieval_ranks, tone_groups
from core.pipeline import Studio
from core.portrait import Portrait
from tests.conftest import EXAMPLES, PERSON

needs_dlib = pytest.mark.skipif(importlib.util.find_spec("dlib") is None, reason="the extra eval is not installed")


@pytest.fixture(scope="module")
def embedder() -> FaceEmbedder:
    return FaceEmbedder()


@needs_dlib
def test_one_person_s_pictures_are_near_each_other(embedder: FaceEmbedder, portraits: dict[str, Portrait]) -> None:
    """Darker and shifted, a face is still nearer to itself than to anybody else."""
    own = {name: embedder.embed(portrait.image, portrait.points) for name, portrait in portraits.items()}
    portrait = portraits[PERSON]
    moved = np.roll((portrait.image * 0.8).astype(np.uint8), 9, axis=1)
    again = embedder.embed(moved, portrait.points + np.array((9, 0, 0), np.float32))
    distances = {name: np.linalg.norm(again - embedding) for name, embedding in own.items()}
    assert min(distances, key=lambda name: distances[name]) == PERSON
    assert distances[PERSON] < 0.3 < 0.5 < min(away for name, away in distances.items() if name != PERSON)


@needs_dlib
def test_avatars_are_compared_with_their_people(studio: Studio, embedder: FaceEmbedder) -> None:
    result = evaluate_identity(studio, [EXAMPLES[name] for name in ("beard", "bob")], embedder)
    assert result["people"] == 2
    assert 0 <= result["top1"] <= result["top5"] == 1.0 and 1 <= result["mean_rank"] <= 2
    assert set(result["colour_error"]) == {"skin", "hair", "iris"}
    assert all(0 < error < 15 for error in result["colour_error"].values())
    assert sum(group["people"] for group in result["tone_groups"].values()) == 2


def test_a_missing_extra_is_said_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def find(name: str, package: str | None = None):
        return None if name == "dlib" else real(name, package)

    real = importlib.util.find_spec
    monkeypatch.setattr(identity.importlib.util, "find_spec", find)
    with pytest.raises(MissingExtra):
        FaceEmbedder()
    assert launch.main(["evaluate", "identity"]) == 2
    assert "pip install" in capsys.readouterr().err


def test_ranks_do_not_care_for_what_all_have_in_common() -> None:
    rng = np.random.default_rng(0)
    people = rng.normal(size=(40, 16))
    queries = 0.5 * people + 0.1 * rng.normal(size=people.shape) + 30 * rng.normal(size=16)
    np.testing.assert_array_equal(retrieval_ranks(queries, people - 7), 1)
    shuffled = retrieval_ranks(queries, rng.permutation(people))
    assert 10 < shuffled.mean() < 31


def test_embeddings_that_tell_nobody_apart_rank_last() -> None:
    np.testing.assert_array_equal(retrieval_ranks(np.ones((5, 3)), np.ones((5, 3))), 5)


def test_errors_are_told_by_tone() -> None:
    lightness = np.array([80.0, 70.0, 55.0, 53.0, 30.0, np.nan])
    errors = {"skin": np.array([4.0, 6.0, 2.0, 3.0, 5.0, 90.0]), "hair": np.array([2.0, 2.0, np.nan, 2.0, 6.0, 90.0])}
    groups = tone_groups(lightness, errors)
    assert [group["people"] for group in groups.values()] == [2, 2, 1]
    assert groups["light"] == {"people": 2, "skin": 5.0, "hair": 2.0, "worst_ratio": 2.0}
    assert groups["medium"]["worst_ratio"] == 1.0 and groups["dark"]["worst_ratio"] == 3.0
    empty = tone_groups(np.array([80.0]), {"skin": np.array([4.0])})
    assert empty["dark"] == {"people": 0, "skin": None, "worst_ratio": None}
