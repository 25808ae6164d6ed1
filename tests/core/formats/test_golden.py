"""Python reads the golden file to the numbers that ``tests/web/bundle.test.mjs`` asks of JavaScript."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from core.avatar.blend import Blender
from core.formats.bundle import decode, encode, load_bundle
from core.gaussians import QUAT
from tests.golden.write import by_the_paper

GOLDEN = Path(__file__).parents[2] / "golden"
ROOT = GOLDEN.parents[1]
EXPECTED = json.loads((GOLDEN / "tiny.json").read_text())


def test_reads_the_golden_file():
    avatar, meta = load_bundle(GOLDEN / "tiny.snapmoji")
    assert list(avatar.shapes) == EXPECTED["shapes"]
    assert avatar.labels.tolist() == EXPECTED["labels"]
    assert meta == EXPECTED["meta"]


@pytest.mark.parametrize("pose", EXPECTED["poses"], ids=["rest", "jaw", "ramp", "squares"])
def test_blends_the_golden_file_to_the_same_numbers(pose: dict[str, list]):
    avatar, _ = load_bundle(GOLDEN / "tiny.snapmoji")
    weights, columns = np.array(pose["weights"]), np.array(pose["columns"])
    np.testing.assert_allclose(by_the_paper(avatar, weights), columns, atol=1e-6)
    np.testing.assert_allclose(Blender(avatar).blend(weights), columns, atol=1e-4)
    posed = avatar.posed(weights)
    np.testing.assert_allclose(posed.means, columns[:, :3], atol=1e-4)
    np.testing.assert_allclose(posed.quats, columns[:, QUAT], atol=1e-4)


def test_poses_that_differ_are_asked_for():
    """A reader that ignores the sets would not pass."""
    rest, *others = (np.array(pose["columns"]) for pose in EXPECTED["poses"])
    assert all(np.abs(columns - rest).max() > 0.1 for columns in others)


def test_the_golden_file_is_of_the_format_written_now():
    data = (GOLDEN / "tiny.snapmoji").read_bytes()
    avatar, meta = decode(data)
    again, _ = decode(encode(avatar, meta))
    np.testing.assert_array_equal(again.rest, avatar.rest)
    assert encode(avatar, meta)[:12] == data[:12]


def test_the_reader_in_javascript_is_short_and_the_format_page_points_to_it():
    assert (ROOT / "ui_assets" / "bundle.js").read_text().count("\n") <= 100
    page = (ROOT / "docs" / "format.md").read_text()
    assert "ui_assets/bundle.js" in page
    assert not re.search(r"^export ", page, re.MULTILINE), "the page carries no copy of the code"
