"""The people that the generator learns from: characters read from portraits, and mixtures of them."""

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.character.document import from_json, to_json
from core.character.measure import read_character
from core.character.model import Character
from core.errors import InvalidRequest, UserFacingError
from core.face.detect import find_face
from core.face.landmarks import load_landmarker
from core.face.parts import load_parser, parse_face
from core.face.photo import decode_photo
from core.portrait import Portrait
from core.rig.head import load_head_rig
from core.rig.surface import surface_pattern

logger = logging.getLogger(__name__)

HELD_OUT = 100
"""The last portraits of a folder, by name, of which no characters are made: they are for evaluation."""

# How often a person takes a trait over from another one.
_SWAPPED = {"palette": 0.3, "brows": 0.3, "beard": 0.3, "hair": 0.5, "headwear": 0.25, "glasses": 0.25, "earrings": 0.3}


def read_characters(faces: Path, out: Path, checkpoints: Path, limit: int | None = None) -> int:
    """Writes one JSON a portrait to ``out``; portraits that have theirs are passed over, so that it can be resumed.

    Args:
        faces: folder of portraits, ``*.jpg``.
        out: folder of the characters.
        checkpoints: folder of the rig and the face parser.
        limit: read so many portraits, spread evenly over the folder.

    Returns:
        How many characters there are now.

    Raises:
        InvalidRequest: if there are no more portraits than are held out.
        MissingWeights: if a file of ``checkpoints`` is absent or damaged.
    """
    photos = sorted(faces.glob("*.jpg"))[:-HELD_OUT]
    if not photos:
        raise InvalidRequest(f"{faces} must hold more than {HELD_OUT} portraits (*.jpg): the last {HELD_OUT} are kept.")
    if limit is not None and limit < len(photos):
        photos = [photos[k * len(photos) // limit] for k in range(limit)]
    rig = load_head_rig(checkpoints / "head_rig.safetensors")
    pattern, landmarker = surface_pattern(rig), load_landmarker()
    parser = load_parser(checkpoints / "face_parser.safetensors")
    out.mkdir(parents=True, exist_ok=True)
    for photo in photos:
        path = out / f"{photo.stem}.json"
        if path.is_file():
            continue
        try:
            image, face = find_face(landmarker, decode_photo(photo.read_bytes()))
        except UserFacingError as error:
            logger.warning("%s is left out: %s", photo.name, error)
            continue
        portrait = Portrait(image, face.points, face.scores, parse_face(parser, image))
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(to_json(read_character(rig, pattern, [portrait]).character)))
        partial.replace(path)
    return len(list(out.glob("*.json")))


def load_characters(folder: Path) -> list[Character]:
    """The characters in a folder, by name.

    Raises:
        InvalidRequest: if there are fewer than two.
        UnreadableAvatar: if one of them is damaged.
    """
    files = sorted(folder.glob("*.json"))
    if len(files) < 2:
        raise InvalidRequest(f"{folder} holds fewer than two characters; make them with launch.py train characters.")
    return [from_json(json.loads(file.read_text())) for file in files]


def mixed(people: Sequence[Character], rng: np.random.Generator) -> Character:
    """One of the people, with traits of others: hair of this one, glasses of that one."""
    person = people[int(rng.integers(len(people)))]
    changes = {
        name: getattr(people[int(rng.integers(len(people)))], name)
        for name, chance in _SWAPPED.items()
        if rng.random() < chance
    }
    return replace(person, **changes)
