"""A page of avatars that turn and change their faces: one HTML file that asks nothing of any server."""

import base64
import html
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from core.avatar.model import Avatar
from core.avatar.posture import Posture
from core.camera import orbit
from core.errors import InvalidRequest, UserFacingError
from core.expressions import POSES, weights_vector
from core.formats.files import replacing
from core.media.animation import Progress
from core.media.film import Shot, drawer
from core.media.framing import whole_fov_deg
from core.smoothstep import smoothstep

MAX_TILES = 200
"""More would be a page too large to open."""
_SIZE_PX, _FRAMES, _FRAME_MS = 256, 48, 100
_FOV_DEG = 20.5
_LINGER_DEG = 42.0
"""How much slower the turn is in front: at 57 it would stand still there."""
_GOLDEN, _APART = 0.618, 0.3
_FACES = ("happy", "playful", "surprised")
_PAGE = Path(__file__).with_name("gallery.html")


@dataclass(frozen=True)
class Tile:
    """One avatar of a gallery."""

    name: str
    """Shown below it."""
    moving: bytes
    """Animated WebP."""
    still: bytes
    """WebP, for who prefers no motion."""


def avatar_files(folder: Path) -> list[Path]:
    """Avatars in a folder, and in folders of one avatar each, by name.

    Raises:
        InvalidRequest: if there are none, or too many.
    """
    found = sorted([*folder.glob("*.snapmoji"), *folder.glob("*/avatar.snapmoji")], key=shown_name)
    if not found:
        raise InvalidRequest(f"There are no avatars (*.snapmoji) in {folder}.")
    if len(found) > MAX_TILES:
        raise InvalidRequest(f"A gallery may show at most {MAX_TILES} avatars, not {len(found)}.")
    return found


def shown_name(path: Path) -> str:
    """What an avatar file is called on the page."""
    stem = path.parent.name if path.stem == "avatar" and path.parent.name else path.stem
    return stem.replace("_", " ").replace("-", " ").strip() or stem


def gallery_state(share: float) -> tuple[float, np.ndarray]:
    """The camera's yaw in degrees and the weights at a moment of the loop, in [0, 1).

    The turn is slow in front, where the face changes, and quick behind.
    """
    turn = 2 * np.pi * share
    yaw = 360 * share - _LINGER_DEG * np.sin(turn)
    # In front is where the loop begins and ends: the faces follow each other from there on both sides.
    place = ((share + 0.5) % 1.0 - 0.2) / 0.6 * len(_FACES)
    weights = np.zeros(16, np.float32)
    for number, name in enumerate(_FACES):
        near = 1 - abs(place - number - 0.5)
        weights += float(smoothstep(0.0, 0.75, near)) * weights_vector(POSES[name])
    return float(yaw), np.clip(weights, 0, 1).astype(np.float32)


def tile_start(number: int) -> float:
    """Where in its loop the tile of that number begins, as a share of it.

    All face the reader at first, but a row that turned in step would be an army.
    """
    return ((number * _GOLDEN) % 1.0 - 0.5) * _APART


def make_tile(avatar: Avatar, name: str, start: float = 0.0, progress: Progress = lambda share: None) -> Tile:
    """Draws the loop of one avatar.

    Args:
        avatar: who.
        name: to be shown.
        start: where in the loop it begins, as a share of it; 0 is in front.
        progress: called after each frame; may raise Cancelled.
    """
    draw, fov_deg = drawer(avatar, None), whole_fov_deg(avatar, _FOV_DEG)
    frames: list[UInt8[np.ndarray, "s s 4"]] = []
    for number in range(_FRAMES):
        yaw, weights = gallery_state((number / _FRAMES + start) % 1.0)
        frames.append(draw(Shot(weights, Posture(), orbit(yaw, 3.0, size=_SIZE_PX, fov_deg=fov_deg))))
        progress((number + 1) / _FRAMES)
    images = [Image.fromarray(frame) for frame in frames]
    moving, still = io.BytesIO(), io.BytesIO()
    images[0].save(
        moving,
        "WEBP",
        save_all=True,
        append_images=images[1:],
        duration=_FRAME_MS,
        loop=0,
        quality=70,
        alpha_quality=70,
        method=2,
    )
    smiling = draw(Shot(weights_vector(POSES["happy"]), Posture(), orbit(0.0, 3.0, size=_SIZE_PX, fov_deg=fov_deg)))
    Image.fromarray(smiling).save(still, "WEBP", quality=82, method=4)
    return Tile(name, moving.getvalue(), still.getvalue())


def gallery_page(tiles: Sequence[Tile], title: str) -> str:
    """The whole page: pictures, style and script are within it, and it may load nothing else."""
    cards = [
        f'<li class="tile" style="--hue:{round(number * 137.5) % 360}"><figure>'
        f'<img alt="{html.escape(tile.name, quote=True)}" width="{_SIZE_PX}" height="{_SIZE_PX}" decoding="async"'
        f' src="{_data(tile.still)}" data-moving="{_data(tile.moving)}">'
        f"<figcaption>{html.escape(tile.name)}</figcaption></figure></li>"
        for number, tile in enumerate(tiles)
    ]
    count = f"{len(tiles)} avatar{'s' if len(tiles) != 1 else ''}"
    page = Template(_PAGE.read_text(encoding="utf-8"))
    return page.substitute(title=html.escape(title), count=count, tiles="\n".join(cards))


def save_gallery(
    files: Sequence[Path],
    load: Callable[[Path], Avatar],
    path: Path,
    title: str = "Avatars",
    progress: Progress = lambda share: None,
) -> None:
    """Writes a page of all these avatars.

    Args:
        files: at least one.
        load: reads one; its errors stop the work, and say which file it was.
        path: of the page.
        title: of the page.
        progress: called after each frame of each.

    Raises:
        InvalidRequest: if an avatar cannot be read.
        OSError: if the page cannot be written.
    """
    tiles = []
    for number, file in enumerate(files):
        tell = lambda share, k=number: progress((k + share) / len(files))
        tiles.append(make_tile(_named(file, load), shown_name(file), tile_start(number), tell))
    with replacing(path) as unfinished:
        unfinished.write_text(gallery_page(tiles, title), encoding="utf-8")


def _named(file: Path, load: Callable[[Path], Avatar]) -> Avatar:
    try:
        return load(file)
    except UserFacingError as error:
        raise InvalidRequest(f"{file.name}: {error}") from error


def _data(picture: bytes) -> str:
    return "data:image/webp;base64," + base64.b64encode(picture).decode()
