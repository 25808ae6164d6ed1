"""The suffix chooses the format."""

from pathlib import Path

import numpy as np
import pytest

from core.avatar.model import Avatar
from core.errors import InvalidRequest, UnreadableAvatar
from core.formats.bundle import load_bundle
from core.formats.export import export, load_avatar
from core.formats.ply import load_ply

WEIGHTS = np.linspace(0, 1, 16)


def test_a_bundle_keeps_every_expression_and_the_notes(tmp_path: Path, tiny_avatar: Avatar):
    path = tmp_path / "a.SNAPMOJI"
    export(tiny_avatar, WEIGHTS, path, {"style": "clay"})
    assert [len(s.index) for s in load_avatar(path).offsets] == [len(s.index) for s in tiny_avatar.offsets]
    np.testing.assert_allclose(load_avatar(path).rest, tiny_avatar.rest, atol=0.01)
    assert load_bundle(path)[1] == {"style": "clay"}


def test_a_ply_is_a_still_of_the_pose(tmp_path: Path, tiny_avatar: Avatar):
    export(tiny_avatar, WEIGHTS, tmp_path / "a.ply")
    np.testing.assert_array_equal(load_ply(tmp_path / "a.ply").means, tiny_avatar.posed(WEIGHTS).means)


@pytest.mark.parametrize("name", ["a.glb", "a", "a.snapmoji.zip"])
def test_other_suffixes_are_refused_with_those_that_exist(tmp_path: Path, tiny_avatar: Avatar, name: str):
    with pytest.raises(InvalidRequest, match=r"choose \.snapmoji or \.ply"):
        export(tiny_avatar, WEIGHTS, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_only_bundles_can_be_opened(tmp_path: Path):
    with pytest.raises(InvalidRequest, match=r"a\.ply is not a \.snapmoji file"):
        load_avatar(tmp_path / "a.ply")
    with pytest.raises(UnreadableAvatar, match="no avatar file"):
        load_avatar(tmp_path / "a.snapmoji")
