"""A pack's files open elsewhere, within the limits, with everything on them that was asked for."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.avatar.model import PARTS
from core.avatar.posture import Posture
from core.errors import Cancelled, InvalidRequest
from core.expressions import SHAPES
from core.gaussians import from_columns, to_columns
from core.stickers.accents import ACCENTS
from core.stickers.draw import accent_spots, draw_loop, draw_sticker
from core.stickers.encode import LOOP_BYTES, PNG_BYTES, STILL_BYTES, Loop, loop_webp, still_png, still_webp
from core.stickers.pack import LIVELY, chosen_poses, make_pack, save_pack
from core.stickers.pose import Accent
from core.stickers.poses import POSES, pose_named
from core.stickers.stage import moved_pose, stage


@pytest.fixture(scope="module")
def avatar(creation):
    return creation.avatar


@pytest.fixture(scope="module")
def pack(avatar):
    shares: list[float] = []
    made = make_pack(avatar, chosen_poses(["love", "cool"]), name="me", animated=["cool"], progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1
    return made


def test_the_recipes_are_sound():
    names = [pose.name for pose in POSES]
    assert len(names) >= 24 and len(set(names)) == len(names) and set(LIVELY) <= set(names)
    for pose in POSES:
        assert set(pose.weights) | set(pose.motion.weights) <= set(SHAPES), pose.name
        assert all(-0.4 <= weight <= 1.4 for weight in (*pose.weights.values(), *pose.motion.weights.values()))
        assert all(accent.name in ACCENTS for accent in pose.accents), pose.name
    looks = {(tuple(sorted(pose.weights.items())), pose.head) for pose in POSES}
    assert len(looks) == len(POSES), "no two have the same face"


@pytest.mark.parametrize("name", ["laugh", "party", "cold", "think"])
def test_a_sticker_keeps_within_its_margin_and_fills_the_picture(avatar, name: str):
    alpha = draw_sticker(avatar, pose_named(name), 256)[..., 3]
    rows, columns = np.nonzero(alpha == 255)
    assert min(rows.min(), columns.min()) >= 6 and max(rows.max(), columns.max()) <= 249
    assert max(np.ptp(rows), np.ptp(columns)) > 200
    assert alpha[[0, -1]].max() < 12 and alpha[:, [0, -1]].max() < 12


def test_accents_are_where_the_face_is(avatar):
    staged = stage(avatar, replace(pose_named("love"), accents=()))
    plain = draw_sticker(avatar, replace(pose_named("love"), accents=()), 256).astype(int)
    heart = Accent("heart", "eye left", 2.0, worn=True)
    decked = draw_sticker(avatar, replace(pose_named("love"), accents=(heart,)), 256).astype(int)
    rows, columns = np.nonzero(np.abs(decked - plain).sum(-1) > 60)
    assert columns.mean() > 128, "the avatar's left is the viewer's right"
    left, right, mouth = (staged.places[name] for name in ("eye left", "eye right", "mouth"))
    assert left[0] > right[0] and mouth[1] > left[1]
    assert np.ptp(rows) < 60
    assert staged.rim(90.0, 1.0)[0] > left[0] and staged.rim(0.0, 0.0)[1] < left[1]


def test_a_loop_ends_where_it_began_and_moves_between(avatar):
    pose = pose_named("laugh")
    for name, weight in moved_pose(pose, 1.0)[0].items():
        assert weight == pytest.approx(moved_pose(pose, 0.0)[0][name], abs=1e-6)
    frames = [frame.astype(int) for frame in draw_loop(avatar, pose, 6, 128)]
    steps = [np.abs(a - b).mean() for a, b in zip(frames, frames[1:] + frames[:1], strict=True)]
    assert min(steps) > 0.3 and max(steps) < 4 * np.median(steps)


def test_files_open_with_size_and_transparency(pack, tmp_path: Path):
    save_pack(pack, tmp_path / "pack.zip")
    save_pack(pack, tmp_path / "folder")
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    written = {str(p.relative_to(tmp_path / "folder")): p.read_bytes() for p in (tmp_path / "folder").rglob("*.*")}
    assert written == files
    for name, limit in (("webp/01-love.webp", STILL_BYTES), ("png/02-cool.png", PNG_BYTES)):
        image = Image.open(io.BytesIO(files[name]))
        assert len(files[name]) <= limit and image.size == (512, 512) and image.mode == "RGBA"
        alpha = np.asarray(image)[..., 3]
        assert alpha[0].max() < 12 and alpha[256, 256] == 255
    moving = Image.open(io.BytesIO(files["animated/02-cool.webp"]))
    assert (moving.size, moving.n_frames, moving.info["loop"]) == ((512, 512), 20, 0)
    assert len(files["animated/02-cool.webp"]) <= LOOP_BYTES
    total = 0
    for number in range(moving.n_frames):
        moving.seek(number)
        moving.load()
        total += moving.info["duration"]
        assert np.asarray(moving.convert("RGBA"))[0, 0, 3] == 0
    assert total == 1600
    assert Image.open(io.BytesIO(files["tray.png"])).size == (96, 96)
    assert Image.open(io.BytesIO(files["preview.webp"])).size == (320, 160)
    told = json.loads(files["pack.json"])
    assert [(row["file"], row["animated"]) for row in told["stickers"]] == [("01-love", False), ("02-cool", True)]
    assert "animated/01-love.webp" not in files


def test_the_edge_of_every_file_is_white_and_shadow_alone(pack):
    # Whatever lies below, black or white: nothing of skin, hair or clothes is in the half-covered pixels.
    for sticker in pack.stickers:
        for content in (sticker.webp, sticker.png):
            image = np.asarray(Image.open(io.BytesIO(content)).convert("RGBA")).astype(float)
            alpha = image[..., 3] / 255
            edge = (alpha > 0.05) & (alpha < 0.95)
            assert edge.sum() > 2000
            assert (np.ptp(image[edge, :3], axis=1) * alpha[edge]).max() < 40
            on_black, on_white = image[..., :3] * alpha[..., None], 255 - (255 - image[..., :3]) * alpha[..., None]
            # Where the outline ends, what lies below takes over step by step.
            assert (on_white[edge].min(1) >= 255 * (1 - 0.34) - 25).all()
            assert (on_black[edge].max(1) <= 255 * alpha[edge] + 12).all()


@pytest.mark.parametrize("yaw", [-30.0, 30.0])
def test_blush_stays_on_a_turned_face(avatar, yaw: float):
    plain = replace(pose_named("happy"), accents=(), view=(yaw, 2.0))
    decked = replace(plain, accents=pose_named("happy").accents)
    before, after = (draw_sticker(avatar, pose, 256) for pose in (plain, decked))
    assert (before[..., :3] != after[..., :3]).any()
    assert np.abs(before[..., 3].astype(int) - after[..., 3]).max() <= 1, "nothing hangs over the outline"


def test_what_leaves_the_mouth_leaves_it_ahead(avatar):
    puff = next(accent for accent in pose_named("eye-roll").accents if accent.name == "puff")
    for facing, side in ((-25.0, -1), (25.0, 1)):
        pose = replace(pose_named("eye-roll"), view=(-facing, 2.0), head=Posture(), accents=(puff,))
        staged = stage(avatar, pose)
        (spot,) = accent_spots(staged, pose, None)
        assert (spot.place[0] - staged.places["mouth"][0]) * side > 3 and spot.accent.flip == (side < 0)


def test_a_tint_shows_on_every_skin(avatar):
    rest = from_columns(avatar.rest)
    forehead = (avatar.labels == PARTS.index("skin")) & (rest.means[:, 1] > 4)
    pose = replace(pose_named("sick"), weights={}, head=Posture())
    for share in (1.0, 0.35):
        darker = replace(rest, colors=rest.colors * np.float32(share))
        dyed = stage(replace(avatar, rest=to_columns(darker)), pose).gaussians.colors[forehead]
        assert np.median(dyed[:, 1] - dyed[:, 0]) > 0.03 * share, "greener than red"


def test_limits_are_kept_even_by_noise():
    noise = np.random.default_rng(0).integers(0, 256, (512, 512, 4), np.uint8)
    noise[..., 3] = 255
    with pytest.raises(InvalidRequest, match="smaller than 1,000 bytes"):
        still_webp(noise, 1000)
    soft = noise.copy()
    soft[..., :3] //= 8
    assert len(still_webp(soft, 60_000)) <= 60_000
    assert len(still_png(noise)) <= PNG_BYTES
    with pytest.raises(InvalidRequest, match="smaller"):
        loop_webp(Loop([noise[:64, :64]] * 3, [50] * 3), 100)


def test_the_caption_is_on_it_and_a_stop_stops(avatar):
    from core.stickers.captions import label

    try:
        words = label("Hello", 256)
    except InvalidRequest:
        pytest.skip("no font here")
    plain = draw_sticker(avatar, pose_named("happy"), 256)
    written = draw_sticker(avatar, pose_named("happy"), 256, words)
    ink = (np.abs(written[..., :3].astype(int) - (43, 36, 64)).max(-1) < 12) & (written[..., 3] == 255)
    assert ink[200:].sum() > 300 > (np.abs(plain[200:, :, :3].astype(int) - (43, 36, 64)).max(-1) < 12).sum()

    def stop(share: float) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        make_pack(avatar, chosen_poses(["happy", "sad"]), progress=stop)


def test_unknown_names_are_told():
    with pytest.raises(InvalidRequest, match=r"no sticker called 'grin'; there are happy|laugh"):
        chosen_poses(["grin"])
    assert [pose.name for pose in chosen_poses(["sad", "sad", "love"])] == ["sad", "love"]
