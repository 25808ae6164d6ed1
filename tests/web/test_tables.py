"""What the client has in tables of its own is what the Python side says; its GIFs are read by others."""

import io
import json
import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from core.drive.calibration import for_pictures
from core.expressions import POSES, SHAPES, from_arkit
from core.rig.head import HeadRig
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")

SCORES = {"jawOpen": 0.5, "mouthPucker": 0.4, "browInnerUp": 0.6, "browOuterUpLeft": 0.7, "eyeBlinkRight": 0.2}


def run_module(text: str) -> bytes:
    """What a module that imports from the client prints."""
    command = ["node", "--input-type=module", "-e", text.replace("AR/", f"{(ROOT / 'ui_assets/ar').as_uri()}/")]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def test_shapes_poses_and_scores_are_read_as_in_python():
    told = json.loads(
        run_module(
            'import { fromArkit, POSES, SHAPES } from "AR/expressions.js";'
            f"console.log(JSON.stringify({{ shapes: SHAPES, poses: POSES, read: fromArkit({json.dumps(SCORES)}) }}))"
        )
    )
    assert tuple(told["shapes"]) == SHAPES
    assert told["poses"] == {name: dict(pose) for name, pose in POSES.items()}
    np.testing.assert_allclose(told["read"], from_arkit(SCORES), atol=1e-6)


def test_faces_are_understood_as_in_python_before_anybody_says_how():
    told = json.loads(
        run_module('import { uncalibrated } from "AR/calibration.js"; console.log(JSON.stringify(uncalibrated()))')
    )
    np.testing.assert_allclose(told["neutral"], for_pictures().neutral, atol=1e-6)
    np.testing.assert_allclose(told["gains"], for_pictures().gains, atol=1e-6)


def test_landmarks_lie_where_the_head_rig_has_them(rig: HeadRig):
    points = json.loads(
        run_module('import { HEAD_POINTS } from "AR/head-points.js"; console.log(JSON.stringify(HEAD_POINTS))')
    )
    numbers = np.array(points)
    index, places = numbers[:, 0].astype(int), numbers[:, 1:]
    assert len(set(index)) == len(index) >= 20 and rig.landmark_hit[index].all()
    # The rig's two sides differ a little; the table's do not.
    np.testing.assert_allclose(places, rig.landmarks(rig.neutral)[index], atol=0.7)
    assert abs(places.mean(0)[0]) < 1e-9


def test_a_gif_is_what_was_put_in():
    file = run_module(
        'import { createGif } from "AR/gif.js"; const w = 90, h = 70, gif = createGif(w, h);'
        "for (let f = 0; f < 2; f++) { const p = new Uint8ClampedArray(4 * w * h);"
        "for (let i = 0; i < w * h; i++) { const x = i % w, y = (i / w) | 0;"
        "p.set([x * 2.8, y * 3.6, f * 200, (x - 45) ** 2 + (y - 35) ** 2 < 900 ? 255 : 0], 4 * i); } gif.add(p, 10); }"
        "process.stdout.write(gif.finish())"
    )
    picture = Image.open(io.BytesIO(file))
    assert (picture.n_frames, picture.size, picture.info["loop"]) == (2, (90, 70), 0)
    y, x = np.mgrid[:70, :90]
    inside = (x - 45) ** 2 + (y - 35) ** 2 < 900
    for frame in range(2):
        picture.seek(frame)
        pixels = np.asarray(picture.convert("RGBA"), float)
        np.testing.assert_array_equal(pixels[..., 3] > 0, inside)
        expected = np.stack([np.round(x * 2.8), np.round(y * 3.6), np.full_like(x, frame * 200)], -1)
        assert np.abs(pixels[..., :3] - expected)[inside].max() <= 52
        # Dither: right on average.
        assert abs((pixels[..., :3] - expected)[inside].mean()) < 4
    assert picture.info["duration"] == 100


def test_a_long_noisy_gif_fills_the_dictionary_and_starts_anew():
    file = run_module(
        'import { createGif } from "AR/gif.js"; const w = 300, h = 200, gif = createGif(w, h);'
        "const p = new Uint8ClampedArray(4 * w * h); let s = 7;"
        "for (let i = 0; i < p.length; i++) p[i] = i % 4 === 3 ? 255 : (s = (s * 16807) % 2147483647) % 256;"
        "gif.add(p, 10); process.stdout.write(gif.finish())"
    )
    seed, expected = 7, np.full((200 * 300, 4), 255, np.uint8)
    for pixel in expected:
        for channel in range(3):
            seed = seed * 16807 % 2147483647
            pixel[channel] = seed % 256
    pixels = np.asarray(Image.open(io.BytesIO(file)).convert("RGB"), float).reshape(-1, 3)
    assert np.abs(pixels - expected[:, :3]).max() <= 52
