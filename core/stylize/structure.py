"""Edge preservation and identity consistency (paper A.3): how much of the primary avatar a style leaves in place."""

from collections.abc import Collection

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8

from core.stylize.recipes import GROUP_OF_PART, GROUPS
from core.stylize.surface import Surface, detail_of

# At 1 this much of the style's own fine contrast has given way to the avatar's; at 0 this much of what the avatar's
# features still stand out by is gone.
_KEPT, _LOST = 0.9, 0.95
# The same for the broad light on each part (at 1), and for the style's own marks (at 0 they are so much stronger).
_LIGHT_KEPT, _MARKED = 0.4, 0.8
# The avatar's own edges may stand out so much more than they did.
_STRONGER = 1.2
_FEATURES, _FEATURES_KEPT = ("skin", "brows", "lips"), 0.4
# Whites of eyes and teeth tell nobody apart.
_NOBODYS = ("sclera", "teeth", "mouth")
_GROUPS = tuple(GROUPS)
_GROUP_INDEX = np.array([_GROUPS.index(group) for group in GROUP_OF_PART])
# At 1 the tones of parts come this far back to the person's; at 0 they go this much further from them.
_RETURNED, _ESTRANGED = 0.6, 0.25


def keep_structure(
    lab: Float[np.ndarray, "n 3"], surface: Surface, edges: float, spared: Bool[np.ndarray, " n"]
) -> Float[np.ndarray, "n 3"]:
    """Styled colours (OKLab) with the fine contrast of lightness that the slider asks for; as they are at 0.5.

    Above, veins, strokes and highlights fade where the avatar has no edge, and its own edges return; below, its
    brows, lips and strands sink into what is round them, and only the style's own marks stay.

    Args:
        lab: the avatar in its style.
        surface: the primary avatar.
        edges: the slider, in [0, 1].
        spared: what keeps its colours whatever the slider says.
    """
    if edges == 0.5:
        return lab
    styled = detail_of(surface, lab[:, 0])
    out = lab.copy()
    if edges > 0.5:
        more = 2 * edges - 1
        own, stronger = surface.detail, np.float32(_STRONGER) * surface.detail
        wanted = np.clip(styled, np.minimum(own, stronger), np.maximum(own, stronger))
        out[:, 0] += np.float32(_KEPT * more) * (wanted - styled)
        # Sheens and horizons of a metal are edges too, but broad ones.
        broad = _within_parts(surface.lab[:, 0] - surface.detail, surface.labels)
        out[:, 0] += np.float32(_LIGHT_KEPT * more) * (broad - _within_parts(lab[:, 0] - styled, surface.labels))
    else:
        # The share of the styled contrast that goes with the avatar's own.
        own = surface.detail
        follows = np.clip(styled * own / np.maximum(own * own, np.float32(1e-4)), 0, 1)
        out[:, 0] += np.float32(1 - 2 * edges) * (_MARKED * (1 - follows) - _LOST * follows) * styled
    out[spared] = lab[spared]
    return out


def _within_parts(lightness: Float[np.ndarray, " n"], labels: UInt8[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """What is above the mean of its part."""
    mean = np.bincount(labels, lightness) / np.maximum(np.bincount(labels), 1)
    return (lightness - mean[labels]).astype(np.float32)


def keep_identity(
    lab: Float[np.ndarray, "n 3"], surface: Surface, identity: float, spared: Collection[str]
) -> Float[np.ndarray, "n 3"]:
    """Styled colours (OKLab) with as much of the person's own tones as the slider asks for; as they are at 0.5.

    Above, the mean of every group of parts nears the person's; below, it goes on in the direction
    in which the style took it. Light, patterns and strands stay.

    Args:
        lab: the avatar in its style.
        surface: the primary avatar.
        identity: the slider, in [0, 1].
        spared: groups whose colours were asked for by name.
    """
    if identity == 0.5:
        return lab
    groups = _GROUP_INDEX[surface.labels]
    own, now = (_tones(colours, groups, surface.tintable) for colours in (surface.lab, lab))
    if identity > 0.5:
        shift = _RETURNED * (2 * identity - 1) ** 2 * (own - now)
        change = _FEATURES_KEPT * (2 * identity - 1) * (surface.detail - detail_of(surface, lab[:, 0]))
    else:
        shift = _ESTRANGED * (1 - 2 * identity) * np.clip(now - own, -0.25, 0.25)
        change = -_FEATURES_KEPT * (1 - 2 * identity) * surface.detail
    shift[[name in spared or name in _NOBODYS for name in _GROUPS]] = 0
    out = lab + surface.tintable[:, None] * shift.astype(np.float32)[groups]
    # A face is known by its features more than by its tones.
    out[:, 0] += np.array([name in _FEATURES and name not in spared for name in _GROUPS])[groups] * change
    return out


def _tones(
    lab: Float[np.ndarray, "n 3"], groups: Int[np.ndarray, " n"], weights: Float[np.ndarray, " n"]
) -> Float[np.ndarray, "g 3"]:
    """Mean colour of every group."""
    total = np.maximum(np.bincount(groups, weights, len(_GROUPS)), 1e-6)
    return np.stack([np.bincount(groups, weights * lab[:, k], len(_GROUPS)) / total for k in range(3)], 1)
