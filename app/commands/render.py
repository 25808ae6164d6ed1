"""``launch.py render``: a picture of an avatar."""

import argparse
from pathlib import Path

from app.commands.files import write
from app.commands.pose import add_pose_options, chosen_weights
from app.commands.values import background
from core.errors import InvalidRequest


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declares the files, the pose and the view."""
    parser.add_argument("avatar", type=Path)
    parser.add_argument("--out", type=Path, required=True, metavar="F.png")
    add_pose_options(parser)
    parser.add_argument("--yaw", type=float, default=0.0, help="degrees; positive shows the avatar's left")
    parser.add_argument("--pitch", type=float, default=0.0, help="degrees; positive looks down")
    parser.add_argument("--size", type=int, default=512, help="pixels")
    parser.add_argument("--background", default="transparent", help="transparent or a colour")


def run(options: argparse.Namespace) -> None:
    """Draws an avatar in a pose from a side."""
    from PIL import Image

    from core.camera import orbit
    from core.formats.export import load_avatar
    from core.render.splats import render

    if not 16 <= options.size <= 4096:
        raise InvalidRequest(f"--size must lie between 16 and 4096, not {options.size}.")
    if not -360 <= options.yaw <= 360:
        raise InvalidRequest(f"--yaw must lie between -360 and 360 degrees, not {options.yaw:g}.")
    if not -89 <= options.pitch <= 89:
        raise InvalidRequest(f"--pitch must lie between -89 and 89 degrees, not {options.pitch:g}.")
    weights = chosen_weights(options)
    picture = render(load_avatar(options.avatar).posed(weights), orbit(options.yaw, options.pitch, size=options.size))
    image = Image.fromarray(picture.to_rgba8())
    color = background(options.background)
    if color is not None:
        image = Image.alpha_composite(Image.new("RGBA", image.size, color), image).convert("RGB")
    write(options.out, image.save)
