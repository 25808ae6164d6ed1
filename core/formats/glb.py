"""An animatable avatar as binary glTF with ``KHR_gaussian_splatting``.

The 16 shapes are morph targets of the splats' centres, which is all that glTF lets one morph here: the extension
says nothing of its own attributes in targets. What the shapes change besides stands in ``mesh.extras``, so that we
and whoever reads ``docs/format.md`` get the whole avatar, and every other program a moving one.

glTF measures in metres; its axes, +y up and +z out of the front, are those of the head frame.
"""

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from core.avatar.model import PARTS, Avatar, OffsetSet
from core.errors import UnreadableAvatar
from core.formats.checks import check_deltas, drawable
from core.formats.files import read_limited, replacing
from core.formats.gltf import Glb, GlbWriter, code_of, parse_glb
from core.formats.header import MAX_PAIRS, MAX_SHAPES
from core.formats.untrusted_json import member, names
from core.gaussians import COLUMNS, DC, LOG_SCALE, LOGIT, MEAN, QUAT, SH_C0, Gaussians, from_columns, to_columns

EXTENSION = "KHR_gaussian_splatting"
"""Of glTF, for splats."""

_METRES = 0.01
_XYZW, _WXYZ = [1, 2, 3, 0], [3, 0, 1, 2]
_HOW = {"kernel": "ellipse", "colorSpace": "srgb_rec709_display"}
_HOW |= {"projection": "perspective", "sortingMethod": "cameraDistance"}
# What extras add to a target: name, and the columns it changes. ``rot`` is stored xyzw like glTF's ROTATION.
_EXTRAS = {"f_dc": DC, "opacity": slice(LOGIT, LOGIT + 1), "scale": LOG_SCALE, "rot": QUAT}


def save_glb(avatar: Avatar, path: str | Path) -> None:
    """Writes the avatar at rest with a morph target for each shape, all weights 0.

    Raises:
        OSError: if the file cannot be written.
    """
    writer = GlbWriter()
    attributes = _write_rest(writer, avatar.rest)
    written = [_write_set(writer, len(avatar), offset) for offset in avatar.offsets]
    ours = {
        "version": 1,
        "parts": PARTS,
        "labels": writer.accessor(avatar.labels[:, None]),
        "sets": [extras for _, extras in written],
    }
    primitive = {"mode": 0, "attributes": attributes, "extensions": {EXTENSION: _HOW}}
    mesh: dict[str, Any] = {"primitives": [primitive], "extras": {"targetNames": avatar.shapes, "snapmoji": ours}}
    if written:
        primitive["targets"] = [{"POSITION": position} for position, _ in written]
        mesh["weights"] = [0] * len(written)
    document = {
        "asset": {"version": "2.0", "generator": "Snapmoji"},
        "extensionsUsed": [EXTENSION],
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "avatar"}],
        "meshes": [mesh],
    }
    data = writer.pack(document)
    with replacing(path) as unfinished:
        unfinished.write_bytes(data)


def load_glb(path: str | Path) -> Avatar:
    """The avatar in a GLB that :func:`save_glb` wrote.

    Raises:
        UnreadableAvatar: if there is no such file, it is damaged or too large, or holds no avatar of ours.
    """
    glb = parse_glb(read_limited(path, "GLB"))
    mesh, primitive = _find_splats(glb)
    rest = to_columns(_read_rest(glb, primitive))
    extras = member(mesh, "extras")
    ours = member(extras, "snapmoji")
    if ours is None:
        raise UnreadableAvatar(f"{Path(path).name} holds a still of splats and no avatar.")
    if member(ours, "version") != 1:
        raise UnreadableAvatar("The file's avatar is from another version of this program.")
    shapes = names(member(extras, "targetNames"), "shapes", MAX_SHAPES)
    targets, sets = member(primitive, "targets") or [], member(ours, "sets")
    if not (isinstance(targets, list) and isinstance(sets, list) and len(targets) == len(sets) == len(shapes)):
        raise UnreadableAvatar("The file is damaged: it does not hold one set of changes for each shape.")
    offsets, pairs = [], 0
    for target, changes in zip(targets, sets, strict=True):
        offsets.append(_read_set(glb, len(rest), target, changes))
        pairs += len(offsets[-1].index)
        if pairs > MAX_PAIRS:
            raise UnreadableAvatar(f"The file holds more than {MAX_PAIRS:,} changes, too many for an avatar.")
    return Avatar(rest, tuple(offsets), _read_labels(glb, len(rest), ours), shapes)


def load_glb_still(path: str | Path) -> Gaussians:
    """The splats of the first mesh of splats in a GLB, at rest; higher spherical harmonics are left out.

    Raises:
        UnreadableAvatar: if there is no such file, or it is damaged, too large, or of a layout that we do not read.
    """
    glb = parse_glb(read_limited(path, "GLB"))
    _, primitive = _find_splats(glb)
    return _read_rest(glb, primitive)


def _write_rest(writer: GlbWriter, rest: Float32[np.ndarray, "n 14"]) -> dict[str, int]:
    """The attributes of the vertices."""
    splats = from_columns(rest)
    rotations = np.rint(splats.quats[:, _XYZW] * 32767).astype(np.int16)
    rgba = np.rint(np.concatenate([splats.colors, splats.opacities[:, None]], 1) * 255).astype(np.uint8)
    return {
        "POSITION": writer.accessor(splats.means * np.float32(_METRES), vertices=True, bounds=True),
        f"{EXTENSION}:ROTATION": writer.accessor(rotations, vertices=True, normalized=True),
        f"{EXTENSION}:SCALE": writer.accessor(splats.scales * np.float32(_METRES), vertices=True),
        f"{EXTENSION}:OPACITY": writer.accessor(splats.opacities[:, None], vertices=True),
        f"{EXTENSION}:SH_DEGREE_0_COEF_0": writer.accessor(rest[:, DC], vertices=True),
        # For programs that know nothing of splats and draw points.
        "COLOR_0": writer.accessor(rgba, vertices=True, normalized=True),
    }


def _write_set(writer: GlbWriter, count: int, offset: OffsetSet) -> tuple[int, dict[str, int]]:
    """The accessor of a target's positions, and those of everything else that the shape changes."""
    numbers = np.dtype(np.uint16 if count <= 0xFFFF else np.uint32)
    rows = writer.view(offset.index.astype(numbers)) if len(offset.index) else 0
    moves = offset.delta[:, MEAN] * np.float32(_METRES)
    extras = {}
    for name, columns in _EXTRAS.items():
        delta = offset.delta[:, columns]
        if delta.any():
            extras[name] = writer.accessor(delta[:, _XYZW] if name == "rot" else delta)
    return writer.sparse(count, rows, code_of(numbers), moves), extras


def _find_splats(glb: Glb) -> tuple[Any, Any]:
    """The first mesh of splats and its primitive."""
    _refuse_moved_nodes(glb)
    meshes = member(glb.document, "meshes")
    for mesh in meshes if isinstance(meshes, list) else []:
        primitives = member(mesh, "primitives")
        for primitive in primitives if isinstance(primitives, list) else []:
            how = member(member(primitive, "extensions"), EXTENSION)
            if how is None:
                continue
            # Compressed splats and other kernels come as extensions of the extension.
            if member(how, "extensions") or member(how, "kernel") != "ellipse":
                raise UnreadableAvatar("The file has splats of a layout that cannot be read here.")
            if member(how, "colorSpace") != _HOW["colorSpace"]:
                raise UnreadableAvatar("The file's splats are in a colour space that cannot be read here.")
            return mesh, primitive
    raise UnreadableAvatar("The file holds no Gaussian splats.")


def _refuse_moved_nodes(glb: Glb) -> None:
    """Splats are read where they stand in their mesh: a node that moves them would be passed over."""
    nodes = member(glb.document, "nodes")
    for node in nodes if isinstance(nodes, list) else []:
        if any(member(node, key) is not None for key in ("matrix", "translation", "rotation", "scale")):
            raise UnreadableAvatar("The file moves its splats with a node, which cannot be read here.")


def _read_rest(glb: Glb, primitive: Any) -> Gaussians:
    """The splats of a primitive, in centimetres."""
    attributes = member(primitive, "attributes")
    means = _in_cm(glb.accessor(member(attributes, "POSITION"), 3))
    n = len(means)
    quats = glb.accessor(member(attributes, f"{EXTENSION}:ROTATION"), 4, n)[:, _WXYZ]
    scales = _in_cm(glb.accessor(member(attributes, f"{EXTENSION}:SCALE"), 3, n))
    opacities = glb.accessor(member(attributes, f"{EXTENSION}:OPACITY"), 1, n)[:, 0]
    f_dc = glb.accessor(member(attributes, f"{EXTENSION}:SH_DEGREE_0_COEF_0"), 3, n)
    # Asked this way round, a NaN is refused too.
    if not ((scales >= 0) & (scales < np.inf)).all() or not ((opacities >= 0) & (opacities <= 1)).all():
        raise UnreadableAvatar("The file is damaged: it holds sizes or opacities that cannot be drawn.")
    rows = to_columns(Gaussians(means, quats, scales, opacities, f_dc * np.float32(SH_C0) + np.float32(0.5)))
    return drawable(rows)


def _in_cm(metres: Float32[np.ndarray, "n 3"]) -> Float32[np.ndarray, "n 3"]:
    # What becomes too large for float32 is refused with everything else that is not finite.
    with np.errstate(over="ignore"):
        return metres / np.float32(_METRES)


def _read_set(glb: Glb, count: int, target: Any, changes: Any) -> OffsetSet:
    """What one shape changes."""
    index, moves = glb.sparse(member(target, "POSITION"), 3, count)
    delta = np.zeros((len(index), len(COLUMNS)), np.float32)
    delta[:, MEAN] = _in_cm(moves)
    for name, columns in _EXTRAS.items():
        number = member(changes, name)
        if number is not None:
            width = columns.stop - columns.start
            values = glb.accessor(number, width, len(index))
            delta[:, columns] = values[:, _WXYZ] if name == "rot" else values
    check_deltas(delta)
    return OffsetSet(index, delta)


def _read_labels(glb: Glb, count: int, ours: Any) -> np.ndarray:
    """What each splat belongs to."""
    parts = names(member(ours, "parts"), "parts", 256)
    if not parts or not set(parts) <= set(PARTS):
        raise UnreadableAvatar("The file lists parts of a head that this program does not know.")
    labels = glb.accessor(member(ours, "labels"), 1, count)[:, 0]
    if not ((labels >= 0) & (labels < len(parts))).all():
        raise UnreadableAvatar("The file is damaged: it labels splats with parts that it does not list.")
    return np.array([PARTS.index(part) for part in parts], np.uint8)[labels.astype(np.int64)]
