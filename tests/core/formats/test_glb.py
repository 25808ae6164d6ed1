"""GLBs are well-formed glTF, hold the whole avatar, and are read with suspicion."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.avatar.model import Avatar, OffsetSet
from core.errors import UnreadableAvatar
from core.formats.glb import EXTENSION, load_glb, load_glb_still, save_glb
from core.gaussians import MEAN, QUAT, from_columns
from tests.conftest import random_avatar

SIZES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
WIDTHS = {"SCALAR": 1, "VEC3": 3, "VEC4": 4}


@pytest.fixture
def path(tmp_path: Path, tiny_avatar: Avatar) -> Path:
    save_glb(tiny_avatar, tmp_path / "a.glb")
    return tmp_path / "a.glb"


def parts(path: Path) -> tuple[Any, bytes]:
    """JSON and buffer, by the rules of the container alone."""
    data = path.read_bytes()
    magic, version, length, text_bytes, kind = struct.unpack_from("<4sII I4s", data)
    assert (magic, version, length, kind) == (b"glTF", 2, len(data), b"JSON")
    body_bytes, kind = struct.unpack_from("<I4s", data, 20 + text_bytes)
    assert kind == b"BIN\0"
    assert text_bytes % 4 == body_bytes % 4 == 0
    assert len(data) == 28 + text_bytes + body_bytes
    return json.loads(data[20 : 20 + text_bytes]), data[28 + text_bytes :]


def edited(path: Path, edit: Callable[[Any], object]) -> Path:
    """The same file with its JSON changed by ``edit``."""
    document, body = parts(path)
    edit(document)
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    size = 28 + len(text) + len(body)
    head = struct.pack("<4sII I4s", b"glTF", 2, size, len(text), b"JSON")
    path.write_bytes(head + text + struct.pack("<I4s", len(body), b"BIN\0") + body)
    return path


def put(*keys: str | int, to: Any) -> Callable[[Any], None]:
    """An edit of one place in the JSON."""

    def edit(document: Any) -> None:
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] = to

    return edit


def numbers(document: Any, body: bytes, accessor: Any) -> np.ndarray:
    """A dense array of what an accessor says, by the rules of glTF 2.0 alone."""
    width = WIDTHS[accessor["type"]]

    def dense(view: int, code: int, count: int, width: int) -> np.ndarray:
        place = document["bufferViews"][view]
        kind = {5121: "<u1", 5122: "<i2", 5123: "<u2", 5126: "<f4"}[code]
        return np.frombuffer(body, kind, count * width, place["byteOffset"]).reshape(count, width)

    if "bufferView" in accessor:
        return dense(accessor["bufferView"], accessor["componentType"], accessor["count"], width)
    values = np.zeros((accessor["count"], width), np.float32)
    if sparse := accessor.get("sparse"):
        indices = sparse["indices"]
        rows = dense(indices["bufferView"], indices["componentType"], sparse["count"], 1)[:, 0]
        assert (np.diff(rows.astype(int)) > 0).all()
        values[rows] = dense(sparse["values"]["bufferView"], accessor["componentType"], sparse["count"], width)
    return values


def test_structure_is_valid_gltf(path: Path):
    document, body = parts(path)
    assert document["buffers"] == [{"byteLength": len(body)}]
    assert document["extensionsUsed"] == [EXTENSION]
    for view in document["bufferViews"]:
        assert view["byteOffset"] % 4 == 0
        assert 0 < view["byteLength"] <= len(body) - view["byteOffset"]
    (mesh,) = document["meshes"]
    (primitive,) = mesh["primitives"]
    attributes = primitive["attributes"]
    assert primitive["mode"] == 0
    assert primitive["extensions"][EXTENSION]["kernel"] == "ellipse"
    assert primitive["extensions"][EXTENSION]["colorSpace"] == "srgb_rec709_display"
    for number in attributes.values():
        accessor = document["accessors"][number]
        view = document["bufferViews"][accessor["bufferView"]]
        element = SIZES[accessor["componentType"]] * WIDTHS[accessor["type"]]
        assert accessor["count"] == 300
        assert element % 4 == 0, "attributes of vertices are aligned to 4 bytes"
        assert view["target"] == 34962
        assert view["byteLength"] == 300 * element
    assert set(mesh["weights"]) == {0}
    assert len(mesh["weights"]) == len(primitive["targets"]) == len(mesh["extras"]["targetNames"]) == 16
    for target in primitive["targets"]:
        assert set(target) == {"POSITION"}
        assert document["accessors"][target["POSITION"]]["count"] == 300


def test_bounds_of_positions_are_those_of_the_numbers(path: Path):
    document, body = parts(path)
    primitive = document["meshes"][0]["primitives"][0]
    for number in [primitive["attributes"]["POSITION"], *(t["POSITION"] for t in primitive["targets"])]:
        accessor = document["accessors"][number]
        values = numbers(document, body, accessor)
        np.testing.assert_array_equal(np.array(accessor["min"], np.float32), values.min(0))
        np.testing.assert_array_equal(np.array(accessor["max"], np.float32), values.max(0))


def test_any_gltf_program_moves_the_splats_as_we_do(path: Path, tiny_avatar: Avatar):
    """Morphing by the rules of glTF: metres, POSITION plus weight times target."""
    document, body = parts(path)
    primitive = document["meshes"][0]["primitives"][0]
    accessors, weights = document["accessors"], np.linspace(0, 1, 16)
    means = numbers(document, body, accessors[primitive["attributes"]["POSITION"]]).astype(np.float64)
    for weight, target in zip(weights, primitive["targets"], strict=True):
        means += weight * numbers(document, body, accessors[target["POSITION"]])
    np.testing.assert_allclose(means * 100, tiny_avatar.posed(weights).means, atol=1e-4)


def test_attributes_are_in_the_spaces_of_the_extension(path: Path, tiny_avatar: Avatar):
    document, body = parts(path)
    splats, attributes = from_columns(tiny_avatar.rest), document["meshes"][0]["primitives"][0]["attributes"]

    def read(name: str) -> np.ndarray:
        return numbers(document, body, document["accessors"][attributes[name]])

    np.testing.assert_allclose(read(f"{EXTENSION}:SCALE") * 100, splats.scales, rtol=1e-6)
    np.testing.assert_allclose(read(f"{EXTENSION}:OPACITY")[:, 0], splats.opacities, rtol=1e-6)
    np.testing.assert_allclose(read(f"{EXTENSION}:ROTATION")[:, [3, 0, 1, 2]] / 32767, splats.quats, atol=2e-5)
    np.testing.assert_allclose(read(f"{EXTENSION}:SH_DEGREE_0_COEF_0") * 0.2820948 + 0.5, splats.colors, atol=1e-6)
    np.testing.assert_allclose(read("COLOR_0")[:, :3] / 255, splats.colors, atol=0.501 / 255)


def test_the_whole_avatar_comes_back(path: Path, tiny_avatar: Avatar):
    read = load_glb(path)
    assert read.shapes == tiny_avatar.shapes
    np.testing.assert_array_equal(read.labels, tiny_avatar.labels)
    np.testing.assert_allclose(read.rest[:, : QUAT.start], tiny_avatar.rest[:, : QUAT.start], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(read.rest[:, QUAT], tiny_avatar.rest[:, QUAT], atol=2e-5)
    for a, b in zip(read.offsets, tiny_avatar.offsets, strict=True):
        np.testing.assert_array_equal(a.index, b.index)
        np.testing.assert_array_equal(a.delta[:, MEAN.stop :], b.delta[:, MEAN.stop :])
        np.testing.assert_allclose(a.delta[:, MEAN], b.delta[:, MEAN], rtol=1e-6)


def test_empty_full_and_colour_only_sets(tmp_path: Path, tiny_avatar: Avatar):
    nothing = OffsetSet(np.zeros(0, np.int32), np.zeros((0, 14), np.float32))
    everything = OffsetSet(np.arange(300, dtype=np.int32), np.full((300, 14), 0.25, np.float32))
    blush = OffsetSet(np.array([7], np.int32), np.eye(14, dtype=np.float32)[3:4])
    avatar = Avatar(tiny_avatar.rest, (nothing, everything, blush), tiny_avatar.labels, ("nothing", "all", "blush"))
    save_glb(avatar, tmp_path / "b.glb")
    read = load_glb(tmp_path / "b.glb")
    assert [len(s.index) for s in read.offsets] == [0, 300, 1]
    np.testing.assert_allclose(read.offsets[1].delta, everything.delta, rtol=1e-6)
    np.testing.assert_allclose(read.offsets[2].delta, blush.delta)
    save_glb(Avatar(tiny_avatar.rest, (), tiny_avatar.labels, ()), tmp_path / "c.glb")
    assert load_glb(tmp_path / "c.glb").shapes == ()


def test_more_splats_than_two_bytes_count(tmp_path: Path):
    avatar = random_avatar(70_000)
    last = OffsetSet(np.array([69_999], np.int32), np.ones((1, 14), np.float32))
    save_glb(Avatar(avatar.rest, (last,), avatar.labels, ("last",)), tmp_path / "b.glb")
    assert load_glb(tmp_path / "b.glb").offsets[0].index.tolist() == [69_999]


def test_trimesh_finds_the_points(path: Path, tiny_avatar: Avatar):
    trimesh = pytest.importorskip("trimesh")
    (cloud,) = trimesh.load_scene(path).geometry.values()
    np.testing.assert_allclose(np.asarray(cloud.vertices) * 100, tiny_avatar.rest[:, MEAN], atol=1e-4)


def test_stills_of_others_are_read_at_rest(path: Path, tiny_avatar: Avatar):
    def strip(document: Any) -> None:
        del document["meshes"][0]["extras"], document["meshes"][0]["primitives"][0]["targets"]

    edited(path, strip)
    np.testing.assert_allclose(load_glb_still(path).means, tiny_avatar.rest[:, MEAN], rtol=1e-5)
    with pytest.raises(UnreadableAvatar, match="holds a still"):
        load_glb(path)


PRIMITIVE = ("meshes", 0, "primitives", 0)
OURS = ("meshes", 0, "extras", "snapmoji")


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (put("meshes", to=[]), "no Gaussian splats"),
        (put("meshes", to={"a": 1}), "no Gaussian splats"),
        (put(*PRIMITIVE, "extensions", to=None), "no Gaussian splats"),
        (put(*PRIMITIVE, "extensions", EXTENSION, "kernel", to="cone"), "layout that cannot be read"),
        (put(*PRIMITIVE, "extensions", EXTENSION, "colorSpace", to="lin_rec709_display"), "colour space"),
        (put("nodes", 0, "scale", to=[2, 2, 2]), "with a node"),
        (put(*PRIMITIVE, "attributes", to=None), "does not hold"),
        (put(*PRIMITIVE, "attributes", "POSITION", to=999), "does not hold"),
        (put(*PRIMITIVE, "attributes", "POSITION", to=-1), "does not hold"),
        (put(*PRIMITIVE, "attributes", "POSITION", to=True), "does not hold"),
        (put("accessors", 0, "count", to=10**12), "number of elements"),
        (put("accessors", 0, "count", to=0), "number of elements"),
        (put("accessors", 0, "count", to=301), "lie outside"),
        (put("accessors", 0, "count", to=299), "differ in length"),
        (put("accessors", 0, "type", to="VEC4"), "layout that cannot be read"),
        (put("accessors", 0, "componentType", to=9), "in a way"),
        (put("accessors", 0, "componentType", to=[5126]), "in a way"),
        (put("accessors", 0, "byteOffset", to=-4), "place in the file"),
        (put("accessors", 0, "byteOffset", to=4), "lie outside"),
        (put("bufferViews", 0, "byteOffset", to=10**12), "place in the file"),
        (put("bufferViews", 0, "byteLength", to=10**12), "length in the file"),
        (put("bufferViews", 0, "byteStride", to=4), "stride"),
        (put("bufferViews", 0, "byteStride", to=252), "lie outside"),
        (put("bufferViews", 0, "buffer", to=1), "in a way"),
        (put(*OURS, "version", to=2), "another version"),
        (put(*OURS, "parts", to=["tail"]), "does not know"),
        (put(*OURS, "parts", to=["skin"]), "does not list"),
        (put(*OURS, "labels", to=None), "does not hold"),
        (put(*OURS, "sets", to=[]), "one set of changes"),
        (put("meshes", 0, "extras", "targetNames", to=["a"] * 16), "list of shapes"),
        (put(*PRIMITIVE, "targets", 0, "POSITION", to=0), "morph targets of a layout"),
        (put(*PRIMITIVE, "targets", 0, to=7), "does not hold"),
    ],
)
def test_lying_documents_are_refused(path: Path, edit: Callable[[Any], None], sentence: str):
    with pytest.raises(UnreadableAvatar, match=sentence):
        load_glb(edited(path, edit))


def test_rows_of_targets_are_checked(path: Path):
    document, _ = parts(path)
    first = document["meshes"][0]["primitives"][0]["targets"][0]["POSITION"]
    view = document["accessors"][first]["sparse"]["indices"]["bufferView"]
    data = bytearray(path.read_bytes())
    start = len(data) - document["buffers"][0]["byteLength"] + document["bufferViews"][view]["byteOffset"]
    data[start : start + 2] = b"\xff\xff"
    path.write_bytes(bytes(data))
    with pytest.raises(UnreadableAvatar, match="do not exist"):
        load_glb(path)


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (0, b"glTX", "not a binary glTF"),
        (4, struct.pack("<I", 1), "glTF version 1"),
        (8, struct.pack("<I", 5), "wrong length"),
        (12, struct.pack("<I", 2**32 - 1), "wrong length"),
        (16, b"JSOX", "wrong length"),
        (20, b"[", "not valid JSON"),
    ],
)
def test_damaged_containers_are_refused(path: Path, at: int, value: bytes, sentence: str):
    data = path.read_bytes()
    path.write_bytes(data[:at] + value + data[at + len(value) :])
    with pytest.raises(UnreadableAvatar, match=sentence):
        load_glb(path)


def test_numbers_that_cannot_be_drawn_are_refused(path: Path):
    document, body = parts(path)
    data, attributes = path.read_bytes(), document["meshes"][0]["primitives"][0]["attributes"]
    for name, value in [("POSITION", np.nan), ("SCALE", np.inf), ("SCALE", -1), ("OPACITY", 2), ("OPACITY", np.nan)]:
        number = attributes.get(name, attributes.get(f"{EXTENSION}:{name}"))
        view = document["bufferViews"][document["accessors"][number]["bufferView"]]
        start = len(data) - len(body) + view["byteOffset"]
        path.write_bytes(data[:start] + np.float32(value).tobytes() + data[start + 4 :])
        with pytest.raises(UnreadableAvatar, match="holds"):
            load_glb(path)
