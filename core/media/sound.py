"""A recording as numbers."""

import shutil
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from core.errors import InvalidRequest

MAX_SECONDS = 60
"""Longer recordings are refused."""
_RATE = 16_000


@dataclass(frozen=True)
class Sound:
    """One channel of sound."""

    samples: Float32[np.ndarray, " n"]
    """In [-1, 1]."""
    rate: int
    """Samples a second."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate


def load_sound(path: Path) -> Sound:
    """Reads a recording: WAV without anything else, all other formats through ffmpeg.

    Raises:
        InvalidRequest: if it cannot be read, holds nothing, is too long, or ffmpeg is needed and missing.
    """
    if not path.is_file():
        raise InvalidRequest(f"There is no sound file at {path}.")
    sound = _from_wav(path) if path.suffix.lower() == ".wav" else None
    if sound is None:
        sound = _through_ffmpeg(path)
    if not len(sound.samples):
        raise InvalidRequest(f"{path.name} holds no sound.")
    if sound.seconds > MAX_SECONDS:
        raise InvalidRequest(f"{path.name} lasts {sound.seconds:.0f} s; a clip may last at most {MAX_SECONDS} s.")
    return sound


def _from_wav(path: Path) -> Sound | None:
    """A plain PCM file; None if it is another kind of WAV."""
    try:
        with wave.open(str(path)) as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            data = file.readframes(min(file.getnframes(), (MAX_SECONDS + 1) * rate))
    except (wave.Error, EOFError):
        return None
    raw = np.frombuffer(data[: len(data) // (width * channels) * width * channels], np.uint8)
    if width == 1:
        numbers = (raw.astype(np.float32) - 128) / 128
    else:
        # Little-endian integers of any width, as the high bytes of 32 bits.
        wide = np.zeros((len(raw) // width, 4), np.uint8)
        wide[:, 4 - width :] = raw.reshape(-1, width)
        numbers = wide.view("<i4")[:, 0].astype(np.float32) / 2**31
    return Sound(numbers.reshape(-1, channels).mean(1).astype(np.float32), rate)


def _through_ffmpeg(path: Path) -> Sound:
    if shutil.which("ffmpeg") is None:
        raise InvalidRequest(
            f"Reading {path.suffix or path.name} needs the program ffmpeg, which is not installed; "
            "give the sound as a plain WAV instead."
        )
    command = ["ffmpeg", "-v", "error", "-nostdin", "-t", str(MAX_SECONDS + 1), "-i", f"file:{path}"]
    wanted = ["-vn", "-ac", "1", "-ar", str(_RATE), "-f", "s16le", "-"]
    run = subprocess.run([*command, *wanted], capture_output=True)
    if run.returncode:
        raise InvalidRequest(f"{path.name} is no sound that ffmpeg can read.")
    return Sound(np.frombuffer(run.stdout, "<i2").astype(np.float32) / 2**15, _RATE)
