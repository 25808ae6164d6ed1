from pathlib import Path

import numpy as np
import pytest

from core.avatar.model import Avatar
from core.camera import orbit
from core.errors import MissingWeights, NotEnoughMemory
from core.gaussians import DC
from core.render.splats import render
from core.stylize.controls import StyleControls
from core.stylize.diffusion import painter as painting
from core.stylize.diffusion.network import Diffusion, load_diffusion
from core.stylize.diffusion.painter import SIZES_PX, Painter
from tests.core.stylize.heads import head

CAMERA = orbit(size=128)
BASE = head(3000)


class Artist(Diffusion):
    """Stands in for the network: paints everything blue, if the picture is small enough."""

    def __init__(self, largest: int) -> None:
        self.steps, self.largest = 10, largest
        self.seen: list[np.ndarray] = []
        self.sizes: list[int] = []

    def paint(self, primary, selfie, prompt, controls, seed=0, negative="", size=512, progress=print) -> np.ndarray:
        self.seen.append(primary)
        self.sizes.append(size)
        if size > self.largest:
            raise NotEnoughMemory("There is not enough memory.")
        return np.full_like(primary, (30, 60, 220))


def with_artist(monkeypatch: pytest.MonkeyPatch, largest: int = 512) -> tuple[Painter, Artist, list[Path]]:
    artist, loaded = Artist(largest), []

    def load(folder: Path) -> Diffusion:
        loaded.append(folder)
        return artist

    monkeypatch.setattr(painting, "load_diffusion", load)
    return Painter(Path("somewhere")), artist, loaded


def stylize(painter: Painter, prompt: str = "blue", strength: float = 0.5) -> tuple[Avatar, str]:
    primary = render(BASE.posed(np.zeros(2, np.float32)), CAMERA).to_rgba8()
    selfie = np.zeros((8, 8, 3), np.uint8)
    return painter.stylize(BASE, primary, selfie, prompt, StyleControls(strength), CAMERA)


def test_the_painted_picture_comes_onto_the_avatar(monkeypatch: pytest.MonkeyPatch) -> None:
    painter, artist, loaded = with_artist(monkeypatch)
    avatar, sentence = stylize(painter)
    assert sentence == "Painted from these words by the diffusion network in 10 steps."
    colors = avatar.posed(np.zeros(2, np.float32)).colors
    assert colors[:, 2].mean() > 0.6 > 0.4 > colors[:, 0].mean()
    # The network sees the avatar on light grey, neither black nor transparent.
    assert artist.seen[0].shape == (128, 128, 3) and artist.seen[0][0, 0].tolist() == [225, 225, 225]
    stylize(painter)
    assert loaded == [Path("somewhere")], "the network is loaded once"


@pytest.mark.parametrize(("prompt", "strength"), [("", 0.5), ("  ", 0.5), ("blue", 0.0)])
def test_nothing_is_loaded_when_nothing_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, prompt: str, strength: float
) -> None:
    painter, _, loaded = with_artist(monkeypatch)
    assert stylize(painter, prompt, strength) == (BASE, "") and loaded == []


def test_a_smaller_picture_is_painted_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    painter, artist, _ = with_artist(monkeypatch, largest=400)
    avatar, sentence = stylize(painter)
    assert artist.sizes == list(SIZES_PX) and "in 10 steps, at 384 pixels because memory was short." in sentence
    assert (avatar.rest[:, DC] != BASE.rest[:, DC]).any()


def test_the_network_is_let_go_where_memory_does_not_suffice_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    painter, _, loaded = with_artist(monkeypatch, largest=0)
    for _ in range(2):
        with pytest.raises(NotEnoughMemory):
            stylize(painter)
    assert len(loaded) == 2


def test_missing_weights_are_told(tmp_path: Path) -> None:
    pytest.importorskip("diffusers", reason="diffusers is not installed: pip install -e '.[diffusion]'")
    with pytest.raises(MissingWeights, match=r"weights fetch sd15$"):
        stylize(Painter(tmp_path))


def test_the_whole_way_with_the_tiny_network(tiny_parts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painting, "load_diffusion", lambda folder: load_diffusion(folder, "cpu"))
    monkeypatch.setattr(painting, "SIZES_PX", (64,))
    avatar, sentence = stylize(Painter(tiny_parts))
    assert "in 10 steps" in sentence and np.isfinite(avatar.rest).all()
    assert np.abs(avatar.rest[:, DC] - BASE.rest[:, DC]).mean() > 0.1
    assert avatar.offsets is BASE.offsets
