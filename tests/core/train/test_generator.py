import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import InvalidRequest
from core.nets.generator import GeneratorConfig, load_generator
from core.nets.lpips import LPIPS
from core.train import generator
from core.train.generator import GeneratorTraining, train_generator
from core.train.loop import LoopConfig
from core.train.scenes import VIEW_PX, Scene, load_maker, make_scene
from tests.conftest import CHECKPOINTS, random_avatar

SIZE = 64
RIG = CHECKPOINTS / "head_rig.safetensors"
# Both kinds of loss get their turn: three steps on layers, one through the renderer.
TINY = GeneratorTraining(
    network=GeneratorConfig(size=SIZE, channels=(8, 8, 16, 16, 16)),
    loop=LoopConfig(rate=3e-3, steps=4, warm_up=1, log_every=1),
    batch=2,
    rendered_batch=1,
    first=2,
    held_out=2,
    bfloat16=False,
)


def made_up() -> Iterator[Scene]:
    rng = np.random.default_rng(0)
    for seed in range(3):
        template, teacher = random_avatar(300, seed), random_avatar(300, seed + 1)
        yield make_scene(template, teacher, np.zeros(93, np.float32), SIZE, rng)


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes from here, and a judge with random weights: the real ones may not be here."""
    torch.manual_seed(0)
    judge = LPIPS()
    monkeypatch.setattr(generator, "load_lpips", lambda folder: judge)
    monkeypatch.setattr(generator, "drawn_ahead", lambda *given: iter([*made_up(), *made_up()]))


def test_a_run_leaves_a_network_its_card_and_its_pictures(tmp_path: Path) -> None:
    scores = train_generator(Path("people"), tmp_path, RIG, Path("unused"), 1000.0, 3, TINY)
    names = {"generator.safetensors", "generator.json", "log.csv", "curve.png", "held_out.png"}
    assert {file.name for file in tmp_path.iterdir()} == names
    assert load_generator(tmp_path / "generator.safetensors").config == TINY.network
    card = json.loads((tmp_path / "generator.json").read_text())
    assert (card["name"], card["training"]["seed"], card["training"]["loop"]["steps"]) == ("generator", 3, 4)
    assert card["held_out"] == {name: round(value, 4) for name, value in scores.items()}
    assert set(scores) == {
        f"{place}_{name}_{figure}"
        for place in ("front", "around")
        for name in ("lift", "generator")
        for figure in ("psnr", "lpips")
    }
    terms = [line.split(",")[2] for line in (tmp_path / "log.csv").read_text().splitlines()]
    assert "behind" in terms and "square" in terms, "on layers first, then through the renderer"
    assert Image.open(tmp_path / "held_out.png").size == (6 * VIEW_PX, 2 * VIEW_PX)


def test_people_must_be_enough(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="fewer than two characters"):
        load_maker(tmp_path, RIG, SIZE)
