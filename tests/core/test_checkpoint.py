from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from core.checkpoint import load_checkpoint, save_checkpoint
from core.errors import MissingWeights


@dataclass(frozen=True)
class Config:
    width: int = 3


def build(values: dict[str, Any]) -> nn.Module:
    return nn.Sequential(nn.Linear(2, Config(**values).width), nn.BatchNorm1d(values["width"]))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    path = tmp_path / "net.safetensors"
    save_checkpoint(build({"width": 5}), Config(5), path)
    return path


def test_a_network_survives_its_file(saved: Path) -> None:
    torch.manual_seed(0)
    wanted = build({"width": 5}).state_dict()
    network = load_checkpoint(saved, "tiny network", build)
    assert not network.training
    for name, value in network.state_dict().items():
        torch.testing.assert_close(value, wanted[name], atol=1e-3, rtol=1e-3)
        assert value.dtype == wanted[name].dtype, "single precision again, counts as they were"
    assert [file.name for file in saved.parent.iterdir()] == ["net.safetensors"], "nothing is left beside it"
    assert saved.stat().st_size < 700


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=r"The tiny network's weights are missing: put no\.safetensors at"):
        load_checkpoint(tmp_path / "no.safetensors", "tiny network", build)


@pytest.mark.parametrize("harm", ["cut", "noise", "empty"])
def test_a_damaged_file_is_refused(saved: Path, harm: str) -> None:
    data = saved.read_bytes()
    saved.write_bytes({"cut": data[:-20], "noise": b"\x00" * 4 + data[9:], "empty": b""}[harm])
    with pytest.raises(MissingWeights, match=r"tiny network's weights at .*net\.safetensors cannot be read"):
        load_checkpoint(saved, "tiny network", build)


def test_another_network_s_file_is_refused(saved: Path) -> None:
    with pytest.raises(MissingWeights, match="cannot be read"):
        load_checkpoint(saved, "tiny network", lambda values: build({"width": values["width"] + 1}))
    with pytest.raises(MissingWeights, match="cannot be read"):
        load_checkpoint(saved, "tiny network", lambda values: build({"length": 5}))


def test_a_config_is_a_dataclass(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="dataclass"):
        save_checkpoint(build({"width": 5}), {"width": 5}, tmp_path / "net.safetensors")
