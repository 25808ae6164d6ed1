"""How long the parts take that must be quick: medians and 95th percentiles, warm, on this machine."""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.avatar.blend import Blender
from core.avatar.model import Avatar
from core.avatar.pack import pack
from core.camera import orbit
from core.expressions import SHAPES
from core.formats.bundle import decode, encode
from core.gaussians import Gaussians, from_columns
from core.pipeline import Settings, Studio
from core.render.splats import render

_RUNS = 15


def run_bench(studio: Studio, photos: list[Path]) -> dict[str, Any]:
    """Times of every measure as ``{"median_ms": ..., "p95_ms": ...}``, and the bundle's size and the machine.

    Args:
        studio: warm.
        photos: portraits; the first is used for all but the whole path, which takes each in turn.
    """
    pictures = [photo.read_bytes() for photo in photos]
    avatar = studio.create(pictures[0], Settings()).base
    rest = from_columns(avatar.rest)
    result: dict[str, Any] = {}
    for count, size in ((20_000, 256), (40_000, 512)):
        some, camera = _of_size(rest, count), orbit(size=size)
        result[f"render_{count // 1000}k_{size}"] = _time(lambda some=some, camera=camera: render(some, camera))
    result |= _blending(avatar)
    bundle = encode(avatar)
    result["encode_bundle"] = _time(lambda: encode(avatar))
    result["decode_bundle"] = _time(lambda: decode(bundle))
    turns = iter(range(1_000_000))
    result["photo_to_avatar"] = _time(lambda: studio.create(pictures[next(turns) % len(pictures)], Settings()))
    result["restyle"] = _restyling(studio, pictures[0])
    result["bundle_bytes"] = len(bundle)
    result["splats"] = len(avatar)
    result["machine"] = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {platform.system()}"
    return result


def _blending(avatar: Avatar) -> dict[str, Any]:
    blender = Blender(avatar)
    rng = np.random.default_rng(0)
    weights = np.zeros(len(SHAPES), np.float32)

    def change(count: int) -> None:
        weights[:count] = rng.random(count, np.float32)
        blender.set_weights(weights)
        pack(blender.columns, blender.moving)

    return {
        "blend_16": _time(lambda: blender.set_weights(rng.random(16, np.float32))),
        "blend_pack_16": _time(lambda: change(16)),
        "blend_pack_1": _time(lambda: change(1)),
    }


def _restyling(studio: Studio, picture: bytes) -> dict[str, float]:
    creation = studio.create(picture, Settings())
    return _time(lambda: studio.restyle(creation, Settings(prompt="plastic toy")))


def _of_size(gaussians: Gaussians, count: int) -> Gaussians:
    """So many of the splats, repeated or thinned out evenly."""
    return gaussians.select(np.linspace(0, len(gaussians) - 1, count).astype(int))


def _time(work: Callable[[], Any]) -> dict[str, float]:
    work()
    seconds = []
    for _ in range(_RUNS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    median, high = np.quantile(seconds, (0.5, 0.95)) * 1000
    return {"median_ms": round(float(median), 3), "p95_ms": round(float(high), 3)}
