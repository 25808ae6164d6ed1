import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.camera import orbit
from core.pipeline import Creation
from core.render.splats import render
from tests.conftest import ROOT
from tests.core.face.corpus import corpus

LIMIT_S = 3.0
LIMIT_MB = 500


@pytest.fixture(scope="module")
def answered(creation: Creation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process of its own says of every file, by name, and what it leaves behind."""
    folder, left = tmp_path_factory.mktemp("photos"), tmp_path_factory.mktemp("left")
    expected = {}
    for name, data, answer in corpus(avatar_picture(creation, 0.0), avatar_picture(creation, 90.0)):
        assert name not in expected, name
        (folder / name).write_bytes(data)
        expected[name] = answer
    here = {**os.environ, "TMPDIR": str(left), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.core.face.answers", folder]
    run = subprocess.run(command, cwd=left, env=here, capture_output=True, text=True, check=True)
    answers = {told["name"]: told for told in map(json.loads, run.stdout.splitlines())}
    return {"expected": expected, "answers": answers, "left": [path for path in left.rglob("*") if path.is_file()]}


def avatar_picture(creation: Creation, yaw_deg: float) -> Image.Image:
    splats = creation.base.posed(np.zeros(len(creation.base.shapes), np.float32))
    drawn = Image.fromarray(render(splats, orbit(yaw_deg, size=512)).to_rgba8())
    picture = Image.new("RGB", drawn.size, (200, 210, 220))
    picture.paste(drawn, mask=drawn.getchannel("A"))
    return picture


def test_every_file_gets_the_right_answer(answered: dict[str, Any]) -> None:
    expected, answers = answered["expected"], answered["answers"]
    assert len(expected) >= 100 and set(answers) == set(expected)
    wrong = {name: told["answer"] for name, told in answers.items() if not re.fullmatch(expected[name], told["answer"])}
    assert wrong == {}
    refusals = {told["answer"] for told in answers.values() if not told["answer"].startswith("a face")}
    assert all(sentence.endswith(".") and sentence.count(". ") == 0 and len(sentence) < 160 for sentence in refusals)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured by Linux's own figures")
def test_no_file_takes_long_or_much_memory(answered: dict[str, Any]) -> None:
    """Time is the processor's, so that a busy machine does not matter."""
    for name, told in answered["answers"].items():
        assert told["cpu_s"] < LIMIT_S, (name, told)
        assert told["more_mb"] < LIMIT_MB and told["child_mb"] < LIMIT_MB, (name, told)


def test_nothing_is_left_on_the_disk(answered: dict[str, Any]) -> None:
    assert answered["left"] == []
