"""How long the parts take that must be quick, warm, on this machine."""

import os
import platform
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import numba
import numpy as np

from core.avatar.blend import Blender
from core.avatar.model import Avatar, OffsetSet
from core.avatar.pack import pack
from core.camera import orbit
from core.canonical.adapt import adapt, adapted_from
from core.canonical.wear import wear
from core.character.build import build_avatar
from core.character.measure import read_character
from core.errors import InvalidRequest
from core.formats.export import SUFFIXES, export, load_avatar, load_gaussians
from core.gaussians import covariances, from_columns
from core.nets.gda import GDA
from core.pipeline import Settings, Studio
from core.render.drawing import draw, gradients
from core.render.splats import render
from core.rig.style import cartoon_head
from core.stickers.pack import make_pack
from core.stickers.poses import POSES

_MOST_RUNS = 200
_SIZES = ((20_000, 256), (40_000, 512))
"""Splats, and the side of the picture in pixels."""


def run_bench(
    studio: Studio, photos: list[Path], seconds: float = 1.0, network: GDA | None = None, fewest: int = 7
) -> dict[str, Any]:
    """Times of every measure as ``{"median_ms", "p95_ms", "min_ms"}``, sizes of files, and the machine.

    ``render_20k_256`` is a picture 256 pixels wide of 20,000 splats, ``backward_20k_256`` that picture and all
    gradients. Blends are of 40,000 splats: ``blend_4`` changes four weights, those that move most, and
    ``blend_pack_4`` packs what they move for the viewer in the same pass, covariances included. ``pack`` packs
    all splats, and ``covariance`` makes all their matrices, plainly. ``encode_*`` and ``decode_*`` go through a file.
    ``gda`` goes from a portrait and its template avatar to Gaussians in the front view, unposing and all;
    ``gda_network`` from the unposed portrait; ``gda_wear`` lays what came out onto the template.

    Args:
        studio: warm.
        photos: portraits; the first is used for all but the whole path, which takes each in turn.
        seconds: how long to repeat each measure.
        network: for the learned engine's measures.
        fewest: how often each is repeated even if that takes longer.
    """
    pictures = [photo.read_bytes() for photo in photos]
    creation = studio.create(pictures[0], Settings())
    avatar = creation.base
    turns = count()
    work: dict[str, Callable[[], Any]] = {
        **_drawing(avatar),
        **_blending(_of_size(avatar, 40_000)),
        "photo_to_avatar": lambda: studio.create(pictures[next(turns) % len(pictures)], Settings()),
        "restyle": lambda: studio.restyle(creation, Settings(prompt="plastic toy")),
        "stickers_24": lambda: make_pack(avatar, POSES[:24]),
    }
    if network is not None:
        work |= _adapting(studio, pictures[0], network)
    result: dict[str, Any] = {name: _time(job, seconds, fewest) for name, job in work.items()}
    with tempfile.TemporaryDirectory() as folder:
        for suffix in SUFFIXES:
            result |= _filing(avatar, Path(folder) / f"avatar{suffix}", seconds, fewest)
    result["bundle_bytes"] = result["snapmoji_bytes"]
    result["splats"] = len(avatar)
    result["machine"] = _machine()
    return result


def _drawing(avatar: Avatar) -> dict[str, Callable[[], Any]]:
    work: dict[str, Callable[[], Any]] = {}
    for splats, size in _SIZES:
        gaussians, camera = from_columns(_of_size(avatar, splats).rest), orbit(size=size)
        ones = np.ones((size, size, 3), np.float32)

        def back(gaussians=gaussians, camera=camera, ones=ones) -> None:
            drawing = draw(gaussians, camera, "ellipsoid", normals=False)
            gradients(drawing, ones, ones[..., 0].copy(), ones[..., 0].copy(), None)

        work[f"render_{splats // 1000}k_{size}"] = lambda g=gaussians, c=camera: render(g, c)
        work[f"backward_{splats // 1000}k_{size}"] = back
    return work


def _blending(avatar: Avatar) -> dict[str, Callable[[], Any]]:
    widest = np.argsort([-len(offset.index) for offset in avatar.offsets], kind="stable")
    rng = np.random.default_rng(0)
    work: dict[str, Callable[[], Any]] = {}
    for name, packing in (("blend", False), ("blend_pack", True)):
        for changed in (1, 4, 16):
            blender = Blender(avatar, packing)

            def change(blender=blender, rows=widest[:changed]) -> None:
                weights = np.zeros(len(widest), np.float32)
                # Never the same weight twice in a row, for then there would be nothing to do.
                weights[rows] = rng.uniform(0.1, 1, len(rows))
                blender.set_weights(weights)

            work[f"{name}_{changed}"] = change
    gaussians = from_columns(avatar.rest)
    return work | {"covariance": lambda: covariances(gaussians), "pack": lambda: pack(avatar.rest)}


def _adapting(studio: Studio, picture: bytes, network: GDA) -> dict[str, Callable[[], Any]]:
    portrait = studio.portrait(picture)
    reading = read_character(studio.rig, studio.pattern, [portrait])
    template = build_avatar(studio.rig, studio.pattern, reading.character, studio.style)
    cartoon = cartoon_head(studio.rig, reading.character.identity, studio.style).rest
    adapted = adapt(network, portrait, studio.rig, reading.fit, cartoon, template)
    return {
        "gda": lambda: adapt(network, portrait, studio.rig, reading.fit, cartoon, template),
        "gda_network": lambda: adapted_from(network, adapted.frame),
        "gda_wear": lambda: wear(template, adapted),
    }


def _filing(avatar: Avatar, path: Path, seconds: float, fewest: int) -> dict[str, Any]:
    """Times of one format, and how large its file is."""
    weights = np.zeros(len(avatar.shapes), np.float32)
    name = path.suffix[1:]
    encoding = _time(lambda: export(avatar, weights, path), seconds, fewest)
    try:
        load_avatar(path)
        load = load_avatar
    except InvalidRequest:
        # It holds one pose.
        load = load_gaussians
    decoding = _time(lambda: load(path), seconds, fewest)
    return {f"encode_{name}": encoding, f"decode_{name}": decoding, f"{name}_bytes": path.stat().st_size}


def _of_size(avatar: Avatar, splats: int) -> Avatar:
    """The avatar with so many splats: some left out, or some twice, evenly."""
    rows = np.linspace(0, len(avatar) - 1, splats).round().astype(np.int32)
    offsets = []
    for offset in avatar.offsets:
        entry = np.full(len(avatar), -1)
        entry[offset.index] = np.arange(len(offset.index))
        index = np.flatnonzero(entry[rows] >= 0).astype(np.int32)
        offsets.append(OffsetSet(index, offset.delta[entry[rows[index]]]))
    return Avatar(avatar.rest[rows], tuple(offsets), avatar.labels[rows], avatar.shapes)


def _time(work: Callable[[], Any], seconds: float, fewest: int) -> dict[str, float]:
    work()
    times: list[float] = []
    while len(times) < fewest or (sum(times) < seconds and len(times) < _MOST_RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    low, median, high = np.quantile(times, (0, 0.5, 0.95)) * 1000
    return {"median_ms": round(float(median), 3), "p95_ms": round(float(high), 3), "min_ms": round(float(low), 3)}


def _machine() -> dict[str, Any]:
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "threads": numba.get_num_threads(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "numba", "torch")},
    }


def _cpu() -> str:
    """The processor's model, where the system tells it."""
    told = Path("/proc/cpuinfo")
    if told.is_file():
        for line in told.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
