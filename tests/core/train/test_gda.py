import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.canonical.frame import front_camera
from core.errors import InvalidRequest
from core.nets.gda import GDA, GDAConfig, load_gda
from core.nets.lpips import LPIPS
from core.train import gda
from core.train.gda import GDATraining, measure, read_pairs, train_gda
from core.train.loop import LoopConfig
from core.train.pairs import save_pair
from tests.core.train.conftest import SIZE, made_up_pair

# Both kinds of loss get their turn: three steps on maps, one through the renderer.
TINY = GDATraining(
    network=GDAConfig(size=SIZE, channels=(8, 8, 16, 16, 16)),
    loop=LoopConfig(rate=3e-3, steps=4, warm_up=1, log_every=1),
    held_out=2,
    batch=2,
    rendered_batch=2,
    bfloat16=False,
)


@pytest.fixture(autouse=True)
def eye(monkeypatch: pytest.MonkeyPatch) -> LPIPS:
    """A judge with random weights: the real ones may not be here."""
    torch.manual_seed(0)
    judge = LPIPS()
    monkeypatch.setattr(gda, "load_lpips", lambda folder: judge)
    return judge


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pairs")
    for k in range(6):
        pair = made_up_pair(k)
        save_pair(replace(pair, yaw_deg=40.0) if k == 2 else pair, folder / f"{k:05d}.npz")
    return folder


def trained(pairs: Path, out: Path, seed: int = 0) -> dict[str, torch.Tensor]:
    train_gda(pairs, out, Path("unused"), 1000.0, seed, TINY)
    return load_gda(out / "gda.safetensors").state_dict()


def test_a_run_leaves_a_network_its_card_and_its_pictures(pairs: Path, tmp_path: Path) -> None:
    scores = train_gda(pairs, tmp_path, Path("unused"), 1000.0, 3, TINY)
    names = {"gda.safetensors", "gda.json", "log.csv", "curve.png", "held_out.png"}
    assert {file.name for file in tmp_path.iterdir()} == names
    assert load_gda(tmp_path / "gda.safetensors").config == TINY.network
    card = json.loads((tmp_path / "gda.json").read_text())
    assert card["pairs"] == {"trained_on": 3, "held_out": 2, "too_weak": 1}
    assert (card["training"]["seed"], card["training"]["loop"]["steps"]) == (3, 4)
    assert card["held_out"] == {name: round(value, 4) for name, value in scores.items()}
    terms = [line.split(",")[2] for line in (tmp_path / "log.csv").read_text().splitlines()]
    assert "pixels" in terms and "square" in terms, "on maps first, then through the renderer"
    assert Image.open(tmp_path / "held_out.png").height == 2 * SIZE


def test_the_same_seed_gives_the_same_network(pairs: Path, tmp_path: Path) -> None:
    one, same, other = (trained(pairs, tmp_path / name, seed) for name, seed in (("a", 0), ("b", 0), ("c", 1)))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_doing_nothing_scores_as_the_template(eye: LPIPS) -> None:
    people = [made_up_pair(1), made_up_pair(3)]
    scores = measure(GDA(TINY.network).eval(), people, front_camera(SIZE), eye)
    assert scores["gda_psnr"] == pytest.approx(scores["template_psnr"], rel=0.2)
    assert scores["weak_gda_psnr"] == pytest.approx(scores["weak_template_psnr"], rel=0.05)
    assert scores["weak_template_psnr"] < scores["template_psnr"]


def test_pairs_must_be_enough_and_of_the_network_s_size(pairs: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="must hold more than 6 pairs, but holds 6"):
        read_pairs(pairs, replace(TINY, held_out=6))
    with pytest.raises(InvalidRequest, match="The pairs are 64 px wide, the network's 96"):
        read_pairs(pairs, replace(TINY, network=replace(TINY.network, size=96)))
    training, held_out, dropped = read_pairs(pairs, TINY)
    assert (len(training), len(held_out), dropped) == (3, 2, 1)
    np.testing.assert_array_equal(held_out[-1].target, made_up_pair(5).target)
