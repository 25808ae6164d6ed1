"""`launch.py weights`, as a person would call it."""

import json
from pathlib import Path

import pytest

import launch
from tests.core.weights.server import serving
from tests.core.weights.test_store import FROM_HUB, PATHS, TENSORS

Answer = tuple[int, list[str], list[str]]


@pytest.fixture
def weights(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Runs the command on small weights that are kept under ``tmp_path``: status, output, errors by line."""
    monkeypatch.setattr("core.weights.catalogue.WEIGHTS", (FROM_HUB,))
    monkeypatch.setenv("SNAPMOJI_WEIGHTS", str(tmp_path))

    def run(*arguments: object) -> Answer:
        status = launch.main(["weights", *map(str, arguments)])
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    return run


def test_weights_are_listed_fetched_and_checked(weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status, lines, _ = weights("list", "--json")
    (row,) = json.loads(lines[0])
    assert status == 0 and len(lines) == 1
    assert (row["name"], row["files"], row["missing"], row["folder"]) == ("tiny", 2, 2, str(tmp_path / "tiny"))
    assert row["licences"] == ["CC0-1.0"] and len(row["without_checksum"]) == 2
    assert "2 of 2 files missing" in weights("list")[1][0]
    assert weights("verify")[:2] == (0, ["tiny: 0 of 2 files are here"])
    with serving(PATHS) as (address, _):
        monkeypatch.setenv("HF_ENDPOINT", address)
        status, lines, errors = weights("fetch", "tiny")
    assert status == 0 and errors == []
    # The licence comes before anything is fetched.
    assert lines[1:3] == ["By fetching it you accept its licence:", "  CC0-1.0"]
    assert lines[3] == "2 files fetched and checked."
    assert weights("fetch", "tiny")[1][3] == "Everything is here already."
    assert weights("verify", "tiny")[:2] == (0, ["tiny: 2 of 2 files are here and sound"])
    (tmp_path / "tiny" / "net" / "model.safetensors").write_bytes(TENSORS[:-1])
    status, lines, errors = weights("verify")
    assert status == 2 and lines == [] and len(errors) == 1 and "model.safetensors is damaged: it has" in errors[0]


def test_another_folder_can_be_given(weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(PATHS) as (address, _):
        monkeypatch.setenv("HF_ENDPOINT", address)
        assert weights("fetch", "tiny", "--folder", tmp_path / "mine")[0] == 0
    assert (tmp_path / "mine" / "net" / "model.safetensors").read_bytes() == TENSORS
    assert weights("verify", "--folder", tmp_path / "mine")[1] == ["tiny: 2 of 2 files are here and sound"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("fetch",), "Say which: python launch.py weights fetch NAME"),
        (("fetch", "sd3"), "There are no weights 'sd3'; there are tiny."),
        (("verify", "--json"), "--json is for weights list only."),
    ],
)
def test_a_bad_request_gives_one_line(weights, arguments: tuple[str, ...], sentence: str) -> None:
    status, lines, errors = weights(*arguments)
    assert status == 2 and lines == [] and len(errors) == 1 and sentence in errors[0]


def test_a_hub_that_does_not_answer_gives_one_line(weights, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({}) as (address, _):
        monkeypatch.setenv("HF_ENDPOINT", address)
        status, _, errors = weights("fetch", "tiny")
    assert status == 2 and len(errors) == 1 and "the server answers 404" in errors[0]
