"""The rows of :func:`core.evaluate.stage_one.evaluate_stage_one`: each from a portrait to a picture."""

import numpy as np
import torch
from PIL import Image

from core.avatar.model import Avatar
from core.camera import orbit
from core.canonical.adapt import Adapted, adapt, front_view_of
from core.canonical.wear import wear
from core.character.build import build_avatar
from core.character.measure import read_character
from core.evaluate.stage_one import Maker
from core.nets.gda import GDA
from core.nets.plain import PlainUNet
from core.pipeline import Studio, front_picture
from core.portrait import Portrait
from core.rig.style import cartoon_head

_PICTURE_PX = 512


def gda_maker(studio: Studio, network: GDA) -> Maker:
    """GDA, drawn from its Gaussians; the template that it starts from is part of its time."""
    return lambda portrait: front_view_of(_adapted(studio, network, portrait)[0], orbit(size=_PICTURE_PX))


def worn_maker(studio: Studio, network: GDA) -> Maker:
    """The avatar of the learned engine: the template, which wears what GDA made."""

    def make(portrait: Portrait) -> np.ndarray:
        adapted, template = _adapted(studio, network, portrait)
        return front_picture(wear(template, adapted))

    return make


def _adapted(studio: Studio, network: GDA, portrait: Portrait) -> tuple[Adapted, Avatar]:
    """What GDA makes of a portrait, and the template that it starts from."""
    reading = read_character(studio.rig, studio.pattern, [portrait])
    template = build_avatar(studio.rig, studio.pattern, reading.character, studio.style)
    head = cartoon_head(studio.rig, reading.character.identity, studio.style)
    return adapt(network, portrait, studio.rig, reading.fit, head.rest, template), template


def plain_maker(network: PlainUNet) -> Maker:
    """The ablation: a picture from a picture."""

    def make(portrait: Portrait) -> np.ndarray:
        size = network.config.size
        small = np.asarray(Image.fromarray(portrait.image).resize((size, size), Image.Resampling.BOX))
        selfie = torch.from_numpy(small.copy()).permute(2, 0, 1)[None].float() / 255
        with torch.inference_mode():
            rgba = network(selfie)[0].permute(1, 2, 0).numpy()
        picture = Image.fromarray(np.rint(rgba * 255).astype(np.uint8), "RGBA")
        return np.asarray(picture.resize((_PICTURE_PX, _PICTURE_PX), Image.Resampling.BICUBIC))

    return make
