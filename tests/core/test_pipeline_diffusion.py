"""The diffusion stylizer in the studio: when it is chosen, what it makes, and what happens when it cannot."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import pipeline
from core.errors import MissingWeights, NotEnoughMemory
from core.gaussians import DC
from core.pipeline import Creation, Settings, Studio, pick_stylizer
from core.stylize.controls import StyleControls
from core.stylize.diffusion import painter as painting
from core.stylize.diffusion.network import Diffusion
from core.stylize.diffusion.painter import Painter
from core.stylize.diffusion.readiness import WEIGHTS

BLUE = Settings(prompt="polished gold", stylizer="diffusion", negative="green")


class Artist(Diffusion):
    """Stands in for the network: paints everything blue, or runs out of memory."""

    def __init__(self, poor: bool = False) -> None:
        self.steps, self.poor, self.asked = 10, poor, []

    def paint(self, primary, selfie, prompt, controls, seed=0, negative="", size=512, progress=print) -> np.ndarray:
        if self.poor:
            raise NotEnoughMemory("There is not enough memory to paint a picture.")
        self.asked.append((selfie, prompt, controls, seed, negative))
        progress(0.5)
        return np.full_like(primary, (30, 60, 220))


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A folder in which files of all names are."""
    for file in WEIGHTS.files:
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_bytes(b"")
    return tmp_path


def studio_with(studio: Studio, monkeypatch: pytest.MonkeyPatch, folder: Path, artist: Artist) -> Studio:
    monkeypatch.setattr(painting, "load_diffusion", lambda folder: artist)
    monkeypatch.setattr("core.stylize.diffusion.readiness._PACKAGES", ())
    return Studio(studio.rig, studio.pattern, studio.landmarker, studio._parser, Painter(folder))


def test_a_style_is_painted_with_the_selfie_and_all_settings(
    studio: Studio, creation: Creation, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artist, told = Artist(), []
    able = studio_with(studio, monkeypatch, ready, artist)
    settings = replace(BLUE, seed=7, controls=StyleControls(0.4, 0.6, 0.7))
    painted = able.restyle(creation, settings, lambda *what: told.append(what))
    selfie, *others = artist.asked[0]
    assert selfie is creation.aligned and others == ["polished gold", settings.controls, 7, "green"]
    assert told == [("style", 0.0), ("style", 0.25), ("styled picture", 0.5), ("done", 1.0)]
    report = painted.report
    assert (report["stylizer"], report["stylizer_reason"]) == ("diffusion", "it was asked for")
    assert report["understood"] == "Painted from these words by the diffusion network in 10 steps."
    face = painted.styled[200:300, 200:300, :3].reshape(-1, 3).mean(0)
    assert face[2] > 180 > 100 > face[0]
    assert painted.base is creation.base and painted.avatar.offsets is creation.base.offsets
    # Back to the other stylizer, nothing of it stays.
    again = able.restyle(painted, Settings(prompt="polished gold", stylizer="embedded")).report
    assert again["stylizer"] == "embedded" and again["understood"].startswith("Understood as")


def test_without_words_or_strength_the_primary_stays(
    studio: Studio, creation: Creation, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artist = Artist()
    able = studio_with(studio, monkeypatch, ready, artist)
    for settings in (replace(BLUE, prompt=""), replace(BLUE, controls=StyleControls(strength=0.0))):
        result = able.restyle(creation, settings)
        assert result.avatar is creation.base and result.report["understood"] == "" and not artist.asked


def test_the_embedded_stylizer_helps_out_where_memory_is_short(
    studio: Studio, creation: Creation, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor = studio_with(studio, monkeypatch, ready, Artist(poor=True))
    result = poor.restyle(creation, BLUE)
    embedded = poor.restyle(creation, replace(BLUE, stylizer="embedded"))
    np.testing.assert_array_equal(result.avatar.rest[:, DC], embedded.avatar.rest[:, DC])
    assert (result.report["stylizer"], result.report["stylizer_reason"]) == (
        "embedded",
        "There is not enough memory to paint a picture.",
    )
    assert "The embedded stylizer was used instead. Understood as" in result.report["understood"]


def test_the_choice_says_why(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.stylize.diffusion.readiness._PACKAGES", ())
    device = "core.stylize.diffusion.readiness.best_device"
    empty, full = Painter(tmp_path / "empty"), Painter(ready)
    assert pick_stylizer("auto", empty) == ("embedded", "the weights sd15 are not here")
    monkeypatch.setattr(device, lambda: "cpu")
    assert pick_stylizer("auto", full) == ("embedded", "there is no GPU")
    assert pick_stylizer("diffusion", full) == ("diffusion", "it was asked for")
    monkeypatch.setattr(device, lambda: "cuda")
    assert pick_stylizer("auto", full) == ("diffusion", "its weights and a GPU are here")
    assert pick_stylizer("embedded", full) == ("embedded", "it was asked for")
    with pytest.raises(MissingWeights, match="weights fetch sd15"):
        pick_stylizer("diffusion", empty)
    monkeypatch.setattr("core.stylize.diffusion.readiness._PACKAGES", ("no_such_package",))
    assert pick_stylizer("auto", full) == ("embedded", "the extra 'diffusion' is not installed")


def test_the_studio_looks_for_the_weights_where_the_user_says(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNAPMOJI_WEIGHTS", str(tmp_path))
    known = {"load_landmarker": studio.landmarker, "load_head_rig": studio.rig, "load_parser": studio._parser}
    known |= {"surface_pattern": studio.pattern, "parse_face": None, "warm_up": None}
    for name, result in known.items():
        monkeypatch.setattr(pipeline, name, lambda *arguments, result=result: result)
    with pytest.raises(MissingWeights, match=str(tmp_path / "sd15")):
        pick_stylizer("diffusion", Studio.load(Path("checkpoints"))._painter)
