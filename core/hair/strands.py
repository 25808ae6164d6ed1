"""Hair as splats: a soft base that leaves no hole, and locks of strands upon it."""

import numpy as np
from jaxtyping import Float

from core import spread
from core.gaussians import Gaussians, concatenate, quats_from_axes
from core.hair.colors import HairColors, strand_colors
from core.hair.envelope import Envelope
from core.hair.flow import directions
from core.hair.locks import Cut, Locks, curled, grow, lifted, scatter, tangents_of
from core.hair.updo import tied
from core.oklab import to_oklab, to_srgb
from core.rig.shading import lit
from core.smoothstep import smoothstep
from core.unit import unit

_BASE_CM, _STUBBLE_CM = 0.6, 0.34


def hair_splats(envelope: Envelope, colors: HairColors) -> Gaussians:
    """The splats of the hair inside an envelope."""
    if envelope.shape.is_buzzed:
        return _stubble(envelope, colors)
    parts = [_base(envelope, colors), _drawn(_locks(envelope), colors)]
    bundle = tied(envelope)
    return concatenate(parts if bundle is None else [*parts, _drawn(bundle, colors)])


def _locks(envelope: Envelope) -> Locks:
    shape = envelope.shape
    if shape.curl > 0.8:
        cut, radius, wavelength = Cut(2.4, 0.26, 0.28, 0.2), 0.42, 1.3
    elif shape.curl > 0.5:
        cut, radius, wavelength = Cut(6.0, 0.5, 0.45, 0.3), 0.55, 3.0
    else:
        cut = Cut(7.0, 0.8, 0.7, 0.32) if shape.is_long or shape.updo != "none" else Cut(3.8, 0.56, 0.54, 0.42, 0.45)
        radius, wavelength = 0.8 * max(shape.curl - 0.1, 0.0), 4.6
    breadth = cut.width + (radius if shape.curl > 0.5 else 0.0)
    seeds = seeds_over(envelope, spacing=float(np.sqrt(cut.length * breadth * 0.72)))
    locks = lifted(grow(envelope, seeds, cut, sliding=not shape.fringe), cut.lift)
    return curled(locks, radius, wavelength, flat=shape.curl <= 0.5)


def seeds_over(envelope: Envelope, spacing: float) -> Float[np.ndarray, "n 3"]:
    """Places evenly spread over the outside of the hair, about ``spacing`` cm apart."""
    cap = spread.directions(int(4 * np.pi * 10.5**2 / spacing**2)) * 10 + (0, 1.2, -0.8)
    places = [cap]
    if envelope.shape.is_long:
        places[0] = cap[cap[:, 1] > 1.2]
        turns, rows = np.meshgrid(
            np.arange(0, 2 * np.pi, spacing / 8.5), np.arange(1.2, envelope.shape.back_end - 1, -spacing)
        )
        offset = scatter(turns.size)
        turn, y = turns.ravel() + offset[0] * spacing / 8.5, rows.ravel() + offset[1] * spacing
        places.append(np.stack([8.5 * np.sin(turn), y, 8.5 * np.cos(turn)], axis=1))
    points = envelope.onto(np.concatenate(places))
    return points[envelope.covers(points)]


def _base(envelope: Envelope, colors: HairColors) -> Gaussians:
    """Wide dark splats beneath the locks."""
    points = seeds_over(envelope, _BASE_CM)
    # What hangs ends in the locks' tips.
    points = points[envelope.covers(points - (0, 2.2, 0)) | (points[:, 1] > 0)]
    # At the edge of the face only locks show.
    points = points[~(envelope.bare(points, 0.8) & (points[:, 2] > 0.5))]
    normals = envelope.normals(points)
    below = envelope.onto(points, 0.35)
    lab = to_oklab(np.tile(colors.middle, (len(points), 1)))
    lab[:, 0] *= 0.8
    return _flat(below, directions(envelope, below), normals, (0.5, 0.43, 0.08), lit(to_srgb(lab), normals, 0.15))


def _stubble(envelope: Envelope, colors: HairColors) -> Gaussians:
    """Hair too short to lie: a dense fuzz along the skin, uneven from hair to hair."""
    points = seeds_over(envelope, _STUBBLE_CM)
    normals = envelope.normals(points)
    along = directions(envelope, points)
    # It stands up rather than lies.
    along = along + 0.5 * normals
    lab = to_oklab(np.tile(colors.middle, (len(points), 1)))
    lab[:, 0] *= 0.96 + 0.24 * scatter(len(points))[1]
    return _flat(points, along, normals, (0.24, 0.19, 0.07), lit(to_srgb(lab), normals, 0.05))


def _flat(points: np.ndarray, along: np.ndarray, normals: np.ndarray, size_cm: tuple, shown: np.ndarray) -> Gaussians:
    return Gaussians(
        means=points.astype(np.float32),
        quats=quats_from_axes(along, normals),
        scales=np.tile(np.array(size_cm, np.float32), (len(points), 1)),
        opacities=np.full(len(points), 0.96, np.float32),
        colors=np.clip(shown, 0, 1).astype(np.float32),
    )


def _drawn(locks: Locks, colors: HairColors) -> Gaussians:
    """The strands of locks."""
    width_cm = float(locks.width.max()) if len(locks.width) else 0.0
    # Wide locks show several strands side by side.
    tracks = np.linspace(-0.78, 0.78, 4) if width_cm > 0.6 else np.linspace(-0.6, 0.6, 3 if width_cm > 0.3 else 2)
    tangents = tangents_of(locks.points)
    sides = unit(np.cross(locks.normals, tangents))
    share = locks.share
    width = locks.width[:, None] * (0.5 + 0.5 * smoothstep(0.0, 0.3, share)) * (1 - 0.85 * smoothstep(0.5, 1.0, share))
    step = np.linalg.norm(np.diff(locks.points, axis=1), axis=2)
    step = np.concatenate([step, step[:, -1:]], axis=1)

    across = tracks[None, None, :]
    place = locks.points[:, :, None] + sides[:, :, None] * (across * width[..., None])[..., None]
    place = place - locks.normals[:, :, None] * (0.45 * across**2 * width[..., None])[..., None]
    normals = unit(locks.normals[:, :, None] + sides[:, :, None] * (0.75 * across)[..., None])
    scales = np.stack(
        np.broadcast_arrays(
            0.6 * step[..., None], 1.3 / len(tracks) * width[..., None] + 0.02, np.float64(0.05) + 0 * across
        ),
        axis=-1,
    )
    kept = np.broadcast_to(locks.present[..., None], place.shape[:3]).ravel()

    def each(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values, place.shape[:3]).ravel()[kept]

    # Every lock, and every strand in it, has a tone of its own; its root is in the shade of the locks above.
    lock = np.arange(len(share))[:, None, None]
    tone = 0.16 * scatter(len(share))[0][:, None, None] + 0.05 * np.sin(7.1 * lock + 2.3 * np.arange(len(tracks)))
    tone = tone - 0.12 * across**2 + 0.16 * (share[..., None] - 0.62) + 0.12 * locks.turn[..., None]
    rooted = each(smoothstep(0.0, 3.0, locks.rooted)[..., None])
    along = np.broadcast_to(tangents[:, :, None], place.shape).reshape(-1, 3)[kept]
    flat_normals = normals.reshape(-1, 3)[kept]
    return Gaussians(
        means=place.reshape(-1, 3)[kept].astype(np.float32),
        quats=quats_from_axes(along, flat_normals),
        scales=scales.reshape(-1, 3)[kept].astype(np.float32),
        opacities=np.full(int(kept.sum()), 0.95, np.float32),
        colors=strand_colors(colors, each(tone), rooted, along, flat_normals),
    )
