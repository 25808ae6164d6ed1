"""The picture that GDA learns to make of a selfie: the template avatar, with what only the photo shows kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float32, UInt8
from scipy import ndimage

from core.canonical.frame import PICTURE_CM, Frame
from core.oklab import to_oklab, to_srgb
from core.portrait import FACE_PARTS

_FEATURES = ("brows", "eyes", "glasses", "mouth", "lips")


@dataclass(frozen=True)
class TeacherStyle:
    """How :func:`teach` mixes photo and template. Lengths are in centimetres of the front view's middle plane."""

    slimmest_cm: float = 0.55
    """Half the width of the slimmest region in which the photo may contradict the template: what is slimmer is a
    border that two drawings of one head draw differently."""
    reach_cm: float = 5.0
    """How far beside the head the photo is believed: further out it is seen from the wrong side."""
    patterned: float = 0.05
    """Distance in OKLab's plane of hues by which hair or headwear must differ from the template's to be patterned."""
    same: float = 0.5
    """Intersection over union above which the template's headwear is the photo's."""
    modelling: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: {
            "skin": (0.4, 2.2),
            "neck": (0.3, 2.2),
            "hair": (0.6, 2.2),
            "headwear": (0.9, 5.0),
            "clothes": (0.8, 5.0),
        }
    )
    """Of what parts the photo's own modelling is kept (cheek lines, freckles, locks, knitting, prints): the share of
    it, and the length above which it is broad shading, which the template has of its own."""
    margin_cm: float = 0.4
    """How far from the features of the face no modelling is kept."""
    most: float = 0.15
    """Furthest that modelling moves a colour in OKLab."""
    flatness: float = 0.03
    """Deviation of colours below which a neighbourhood of the photo is smoothed: it is to look drawn."""


def teach(
    frame: Frame, parts: UInt8[np.ndarray, "h w"], style: TeacherStyle | None = None
) -> Float32[np.ndarray, "h w 4"]:
    """The primary-style picture of the person in a frame: display sRGB, straight alpha.

    It is the template's front view, but for three things that only the photo shows: headwear, glasses and fringes that
    the template lacks, or that it shows where the photo has none; patterns and accessories of hair and headwear; and a
    share of the skin's modelling. All are smoothed and recoloured as the template is.

    Args:
        frame: of the person, with their own full template.
        parts: of that template; see :func:`core.canonical.template_parts.template_parts`.
        style: of the mixture.
    """
    style = style or TeacherStyle()
    painted = drawn_photo(frame, parts, style)
    keep = kept(frame, parts, painted, style)
    size = len(parts)
    soft = ndimage.gaussian_filter(keep.astype(np.float32), size / 256)[..., None]
    own = to_oklab(frame.template.rgba[..., :3])
    lab = own + _modelling(frame, parts, painted, style)
    lab = lab + soft * (painted - lab)
    alpha = np.maximum(frame.template.rgba[..., 3], soft[..., 0])
    return np.concatenate([np.clip(to_srgb(lab), 0, 1), alpha[..., None]], 2).astype(np.float32)


def drawn_photo(frame: Frame, parts: UInt8[np.ndarray, "h w"], style: TeacherStyle) -> Float32[np.ndarray, "h w 3"]:
    """The selfie in OKLab, flat between its edges, each part in the middle colour that the template gives it."""
    lab = to_oklab(_flattened(frame.selfie, style.flatness))
    own = to_oklab(frame.template.rgba[..., :3])
    for name in ("skin", "hair", "neck"):
        index = FACE_PARTS.index(name)
        here, there = (frame.labels == index) & frame.visible, parts == index
        if min(here.sum(), there.sum()) > 40:
            lab[frame.labels == index] += np.median(own[there], 0) - np.median(lab[here], 0)
    return lab.astype(np.float32)


def kept(
    frame: Frame, parts: UInt8[np.ndarray, "h w"], painted: Float32[np.ndarray, "h w 3"], style: TeacherStyle
) -> Bool[np.ndarray, "h w"]:
    """Where the photo shows something that the template lacks."""
    cm = len(parts) / PICTURE_CM
    beside = np.asarray(ndimage.distance_transform_edt(~frame.surface))
    seen = frame.visible & (beside < style.reach_cm * cm)
    own = to_oklab(frame.template.rgba[..., :3])

    def shows(name: str) -> np.ndarray:
        return (frame.labels == FACE_PARTS.index(name)) & seen

    def drawn(*names: str) -> np.ndarray:
        return np.isin(parts, [FACE_PARTS.index(name) for name in names])

    hue = np.linalg.norm((painted - own)[..., 1:], axis=2) > style.patterned
    hat, worn = shows("headwear"), drawn("headwear") & seen
    if (hat & worn).sum() < style.same * (hat | worn).sum():
        found = _opened(hat, style.slimmest_cm * cm)
    else:
        found = _opened(hat & worn & hue, style.slimmest_cm * cm)
    if not drawn("glasses").any():
        found |= _opened(shows("glasses"), 0.15 * cm)
    rows = np.indices(parts.shape)[0]
    brows = np.flatnonzero(drawn("brows").any(1))
    forehead = rows < (brows[0] if len(brows) else 0)
    found |= _opened(shows("hair") & drawn("skin") & forehead & frame.surface, style.slimmest_cm * cm)
    return found | _opened(shows("hair") & drawn("hair") & hue, style.slimmest_cm * cm)


def _modelling(
    frame: Frame, parts: UInt8[np.ndarray, "h w"], painted: Float32[np.ndarray, "h w 3"], style: TeacherStyle
) -> Float32[np.ndarray, "h w 3"]:
    """What the photo's parts have beyond their broad shading, where template and photo show the same part."""
    size = len(parts)
    added = np.zeros_like(painted)
    # Mouth, eyes and brows have another shape in the photo: their borders would stain the skin.
    features = np.isin(frame.labels, [FACE_PARTS.index(name) for name in _FEATURES])
    clear = np.asarray(ndimage.distance_transform_edt(~features)) > style.margin_cm * size / PICTURE_CM
    for name, (share, reach_cm) in style.modelling.items():
        index = FACE_PARTS.index(name)
        same = (frame.labels == index) & (parts == index) & frame.visible & clear
        inner = ndimage.binary_erosion(same, iterations=max(1, size // 128)).astype(np.float32)
        weight = ndimage.gaussian_filter(inner, size / 128)[..., None]
        broad = reach_cm * size / PICTURE_CM
        area = np.maximum(ndimage.gaussian_filter(same.astype(np.float32), broad), 1e-3)[..., None]
        detail = painted - ndimage.gaussian_filter(painted * same[..., None], (broad, broad, 0)) / area
        # A reflection or a stray label is not to burn a hole.
        added += share * weight * np.clip(detail, -style.most, style.most)
    return added.astype(np.float32)


def _opened(mask: np.ndarray, radius: float) -> np.ndarray:
    """The mask without what is slimmer than twice the radius."""
    middle = np.asarray(ndimage.distance_transform_edt(mask)) > radius
    return np.asarray(ndimage.distance_transform_edt(~middle)) < radius + 1 if middle.any() else middle


def _flattened(picture: np.ndarray, flatness: float) -> np.ndarray:
    """Smooth where colours vary little, unchanged at edges: guided by itself (He et al. 2013)."""
    radius = len(picture) / 128

    def blurred(grid: np.ndarray) -> np.ndarray:
        return np.asarray(ndimage.gaussian_filter(grid, (radius, radius, 0)))

    mean = blurred(picture)
    variance = (blurred(picture * picture) - mean * mean).mean(2, keepdims=True)
    gain = variance / (variance + flatness**2)
    return (blurred(gain) * picture + blurred(mean * (1 - gain))).astype(np.float32)
