"""Whether the three sliders (paper A.3) do what they say: each moves its own measure, all the way and one way."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy import ndimage

from core.avatar.model import Avatar
from core.camera import orbit, project
from core.character.build import build_avatar
from core.character.measure import read_character
from core.errors import MissingExtra
from core.evaluate.identity import FaceEmbedder
from core.gaussians import DC, SH_C0
from core.oklab import to_oklab
from core.pipeline import Studio
from core.portrait import Portrait
from core.render.splats import render
from core.rig.sculpt import Sculpt
from core.rig.style import cartoon_head
from core.stylize.controls import StyleControls
from core.stylize.diffusion.canny import canny_edges
from core.stylize.embedded import stylize
from core.stylize.prompts import understand
from core.stylize.recipes import GROUP_OF_PART

SLIDERS = {"strength": "distance", "edges": "edges", "identity": "identity"}
"""Sliders and the measure that each must raise."""

Embed = Callable[[np.ndarray], np.ndarray]
"""A face embedding of a picture (uint8) from the front."""

_VALUES = (0.0, 0.25, 0.5, 0.75, 1.0)
_BACKGROUND = (0.93, 0.94, 0.97)
_COMPARED = ("skin", "hair", "brows", "lips", "eyes", "clothes")
# Colours this far apart (OKLab) have nothing in common any more.
_UNLIKE = 0.5
# A step back of this share of the whole way is noise of the measure.
_NOISE = 0.05


def avatars_of(studio: Studio, portraits: Mapping[str, Portrait]) -> tuple[dict[str, Avatar], dict[str, Embed] | None]:
    """Primary avatars of people, and embedders of their faces; None for these where dlib is not installed."""
    try:
        embedder = FaceEmbedder()
    except MissingExtra:
        embedder = None
    avatars: dict[str, Avatar] = {}
    embedders: dict[str, Embed] = {}
    for name, portrait in portraits.items():
        character = read_character(studio.rig, studio.pattern, [portrait]).character
        avatars[name] = build_avatar(studio.rig, studio.pattern, character, studio.style)
        head = cartoon_head(studio.rig, character.identity, studio.style)
        landmarks = Sculpt(studio.rig, studio.pattern, head).landmarks
        if embedder:
            embedders[name] = partial(_embedded, embedder, landmarks)
    return avatars, embedders if embedder else None


def _embedded(embedder: FaceEmbedder, landmarks: np.ndarray, picture: np.ndarray) -> np.ndarray:
    return embedder.embed(picture, project(landmarks, orbit(size=len(picture))))


def evaluate_sliders(
    people: Mapping[str, Avatar],
    styles: Sequence[str],
    size: int = 256,
    values: Sequence[float] = _VALUES,
    embedders: Mapping[str, Embed] | None = None,
) -> dict[str, Any]:
    """Moves every slider alone, the strength being 1 and the others 0.5 meanwhile, and measures front pictures.

    The measures, of a styled picture against the primary avatar's: ``distance``, mean OKLab distance on the head;
    ``edges``, agreement of Canny edges (F1, one pixel of tolerance); ``identity``, cosine of face embeddings, or
    without an embedder the agreement of the colours of skin, hair, brows, lips, eyes and clothes with each other.

    Args:
        people: primary avatars by name.
        styles: prompts.
        size: of the pictures, in pixels.
        values: of the sliders, ascending from 0 to 1.
        embedders: of each person, if there is one.

    Returns:
        ``people``, ``styles``, ``values``; ``monotone``: slider to the share of people x styles for which its measure
        rises throughout; ``effect``: slider to measure to the mean change from its least to its greatest value;
        ``curves``: slider to the mean of its measure at each value; ``failing``: what is not monotone, as
        ``slider: person, style``; ``measure_of_identity``.
    """
    changes: dict[str, dict[str, list[np.ndarray]]] = {
        slider: {measure: [] for measure in SLIDERS.values()} for slider in SLIDERS
    }
    failing: list[str] = []
    for name, avatar in people.items():
        judge = _Judge(avatar, size, (embedders or {}).get(name))
        for style in styles:
            # The middle of each slider is the same avatar.
            seen: dict[StyleControls, dict[str, float]] = {}
            for slider, own in SLIDERS.items():
                rows = []
                for value in values:
                    controls = StyleControls(
                        **({"strength": 1.0, "edges": 0.5, "identity": 0.5} | {slider: float(value)})
                    )
                    if controls not in seen:
                        seen[controls] = judge.measure(stylize(avatar, understand(style), controls))
                    rows.append(seen[controls])
                for measure in SLIDERS.values():
                    changes[slider][measure].append(np.array([row[measure] for row in rows]))
                if not rises(changes[slider][own][-1]):
                    failing.append(f"{slider}: {name}, {style}")
    pairs = max(len(people) * len(styles), 1)
    return {
        "people": len(people),
        "styles": list(styles),
        "values": list(values),
        "measure_of_identity": "face embedding" if embedders else "colour relations",
        "monotone": {
            slider: round(1 - sum(text.startswith(f"{slider}:") for text in failing) / pairs, 3) for slider in SLIDERS
        },
        "effect": {
            slider: {
                measure: round(float(np.mean([curve[-1] - curve[0] for curve in curves])), 4)
                for measure, curves in measures.items()
            }
            for slider, measures in changes.items()
        },
        "curves": {
            slider: np.round(np.mean(changes[slider][measure], 0), 4).tolist() for slider, measure in SLIDERS.items()
        },
        "failing": failing,
    }


def rises(curve: Float[np.ndarray, " k"]) -> bool:
    """Whether a measure ends higher than it began and never falls by more than noise on the way."""
    whole = float(curve[-1] - curve[0])
    return whole > 0 and bool((np.diff(curve) > -_NOISE * whole).all())


class _Judge:
    """Compares avatars with one primary avatar."""

    def __init__(self, primary: Avatar, size: int, embed: Embed | None) -> None:
        self._size, self._embed = size, embed
        self._picture, self._inside = self._drawn(primary)
        self._lab = to_oklab(self._picture.astype(np.float32) / np.float32(255))
        self._edges = canny_edges(self._picture)
        self._relations = relations(primary)
        self._face = embed(self._picture) if embed else None

    def measure(self, avatar: Avatar) -> dict[str, float]:
        picture, inside = self._drawn(avatar)
        away = np.linalg.norm(to_oklab(picture.astype(np.float32) / np.float32(255)) - self._lab, axis=2)
        if self._embed is not None and self._face is not None:
            face = self._embed(picture)
            identity = float(face @ self._face / (np.linalg.norm(face) * np.linalg.norm(self._face)))
        else:
            changed = np.linalg.norm(relations(avatar) - self._relations, axis=1)
            identity = 1 - float(np.nanmean(changed)) / _UNLIKE
        return {
            "distance": float(away[inside | self._inside].mean()),
            "edges": edge_agreement(self._edges, canny_edges(picture)),
            "identity": identity,
        }

    def _drawn(self, avatar: Avatar) -> tuple[UInt8[np.ndarray, "h w 3"], Bool[np.ndarray, "h w"]]:
        drawn = render(avatar.posed(np.zeros(len(avatar.shapes), np.float32)), orbit(size=self._size))
        picture = np.rint(np.clip(drawn.over(_BACKGROUND), 0, 1) * 255).astype(np.uint8)
        return picture, drawn.to_rgba8()[..., 3] > 127


def relations(avatar: Avatar) -> Float[np.ndarray, "pairs 3"]:
    """How the colours (OKLab) of the parts that make a person recognisable differ from one another, and from grey.

    Parts that an avatar lacks are NaN.
    """
    lab = to_oklab(np.clip(avatar.rest[:, DC] * np.float32(SH_C0) + 0.5, 0, 1))
    groups = np.array([_COMPARED.index(g) if g in _COMPARED else -1 for g in GROUP_OF_PART])[avatar.labels]
    means = []
    for group in range(len(_COMPARED)):
        rows = groups == group
        means.append(np.median(lab[rows], 0) if rows.any() else np.full(3, np.nan, np.float32))
    colours = np.stack([*means, np.array((0.6, 0.0, 0.0))]).astype(np.float32)
    first, second = np.triu_indices(len(colours), 1)
    return colours[first] - colours[second]


def edge_agreement(first: Bool[np.ndarray, "h w"], second: Bool[np.ndarray, "h w"]) -> float:
    """F1 of two edge maps: each counts an edge of the other as met within one pixel, diagonals included."""
    near = np.ones((3, 3), bool)
    met_first = (first & ndimage.binary_dilation(second, near)).sum() / max(int(first.sum()), 1)
    met_second = (second & ndimage.binary_dilation(first, near)).sum() / max(int(second.sum()), 1)
    return float(2 * met_first * met_second / max(met_first + met_second, 1e-9))
