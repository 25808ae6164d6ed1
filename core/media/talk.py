"""An avatar that talks to a recording.

This is simple, and does not understand speech: the louder, the wider the jaw; the share of the voice's energy in a few
bands tells round vowels (low), wide ones (an empty middle) and hissing (high). It looks like talking, in any language,
but a lip reader would learn nothing. Blinks, brows and nods are added so that nobody stares.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float32

from core.avatar.model import Avatar
from core.avatar.posture import Posture
from core.camera import orbit
from core.expressions import SHAPES
from core.media.animation import Progress
from core.media.film import Film, Shot, save_film
from core.media.framing import whole_fov_deg
from core.media.sound import Sound, load_sound

# Where the energy of round, open, wide and hissed sounds lies, in Hz.
_BANDS_HZ = ((100, 500), (500, 1300), (1900, 3500), (3800, 8000))
_QUIET_DB = 28.0
"""So far below the loudest the mouth is shut."""
_OPENS, _CLOSES = 0.75, 0.45
"""Shares of the way that jaw and lips go within a frame of 1/24 s."""
_BLINK_S, _BLINKS_EVERY_S = 0.2, 3.4


def loudness(sound: Sound, fps: int, frames: int) -> Float32[np.ndarray, " frames"]:
    """How loud each frame is, from 0 for silence to 1 for the loudest."""
    power = _spectra(sound, fps, frames)[0].sum(1)
    decibels = 10 * np.log10(power + 1e-12)
    loudest = max(float(decibels.max()), -45.0)
    return np.clip((decibels - loudest) / _QUIET_DB + 1, 0, 1).astype(np.float32)


def mouth_weights(sound: Sound, fps: int, frames: int) -> Float32[np.ndarray, "frames 16"]:
    """Weights of the shapes round the mouth for every frame, in [0, 1]."""
    power, hz = _spectra(sound, fps, frames)
    loud = loudness(sound, fps, frames)
    bands = np.stack([power[:, (hz >= low) & (hz < high)].sum(1) for low, high in _BANDS_HZ], 1)
    # Voices fall off with frequency; without lifting the high bands everything would be an "oo".
    bands = np.sqrt(bands * (1.0, 2.5, 9.0, 12.0))
    round_, open_, wide, hiss = (bands / (bands.sum(1, keepdims=True) + 1e-9)).T
    goal = np.zeros((frames, len(SHAPES)), np.float32)
    goal[:, SHAPES.index("jawOpen")] = loud * np.clip(0.12 + 1.1 * open_ + 0.3 * round_ - 0.5 * hiss, 0, 0.85)
    goal[:, SHAPES.index("lipsPucker")] = loud * np.clip(1.6 * (round_ - 0.3), 0, 0.8)
    for side in ("Left", "Right"):
        goal[:, SHAPES.index(f"mouthStretch{side}")] = loud * np.clip(1.1 * (wide + hiss - 0.3), 0, 0.6)
        goal[:, SHAPES.index(f"mouthSmile{side}")] = 0.14 + 0.2 * loud * np.clip(wide, 0, 1)
    return _eased(goal, fps)


def talk_shots(sound: Sound, film: Film, seed: int = 0) -> list[tuple[Float32[np.ndarray, "16"], Posture]]:
    """Weights and posture of every frame: mouth, blinks, brows and nods; the same seed blinks alike."""
    frames, fps = film.frames, film.fps
    weights = mouth_weights(sound, fps, frames)
    rng = np.random.default_rng(seed)
    now = np.arange(frames) / fps
    at = rng.uniform(0.6, 1.6)
    while at < film.seconds:
        lids = np.clip(1 - np.abs(now - at) / (_BLINK_S / 2), 0, 1)
        for name in ("eyeBlinkLeft", "eyeBlinkRight"):
            column = weights[:, SHAPES.index(name)]
            np.maximum(column, lids, out=column)
        at += rng.uniform(0.6, 1.5) * _BLINKS_EVERY_S
    span = max(1, round(0.35 * fps))
    slow = np.convolve(np.pad(loudness(sound, fps, frames), span, "edge"), np.hanning(2 * span + 1) / span, "valid")
    for name in ("browUpLeft", "browUpRight"):
        weights[:, SHAPES.index(name)] = np.clip(0.75 * (slow - 0.45), 0, 0.45)
    yaw, roll = rng.uniform(0, 2 * np.pi, 2)
    return [
        (
            weights[k],
            Posture(
                yaw_deg=float(4 * np.sin(0.9 * now[k] + yaw)),
                pitch_deg=float(4.5 * (slow[k] - 0.4)),
                roll_deg=float(2.5 * np.sin(1.3 * now[k] + roll)),
            ),
        )
        for k in range(frames)
    ]


def save_talk(avatar: Avatar, recording: Path, film: Film, path: Path, progress: Progress = lambda share: None) -> None:
    """Draws an avatar that talks, and writes it; the recording is heard where the format holds sound.

    Raises:
        InvalidRequest: if the recording cannot be read, there is no such format, or ffmpeg is missing.
        OSError: if the file cannot be written.
    """
    shots = talk_shots(load_sound(recording), film)
    camera = orbit(0.0, 1.0, size=film.size, fov_deg=whole_fov_deg(avatar))
    save_film(avatar, lambda k: Shot(*shots[k], camera), film, path, progress, recording)


def _spectra(sound: Sound, fps: int, frames: int) -> tuple[np.ndarray, np.ndarray]:
    """Power by frame and frequency, of windows twice as long as a frame, and the frequencies in Hz."""
    length = max(64, round(2 * sound.rate / fps))
    padded = np.pad(sound.samples, (length // 2, length))
    starts = np.round(np.arange(frames) * sound.rate / fps).astype(int)
    starts = np.minimum(starts, len(padded) - length)
    windows = padded[starts[:, None] + np.arange(length)] * np.hanning(length)
    power = np.abs(np.fft.rfft(windows, axis=1)) ** 2 / length**2
    return power, np.fft.rfftfreq(length, 1 / sound.rate)


def _eased(goal: Float32[np.ndarray, "frames k"], fps: int) -> Float32[np.ndarray, "frames k"]:
    """Weights that follow their goals, faster when they rise."""
    rise, fall = (1 - (1 - share) ** (24 / fps) for share in (_OPENS, _CLOSES))
    result = np.empty_like(goal)
    current = goal[0]
    for k, target in enumerate(goal):
        current = current + np.where(target > current, rise, fall) * (target - current)
        result[k] = current
    return result
