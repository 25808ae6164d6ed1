"""Every avatar a visitor was shown, to go back to and to compare."""

import io
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from app.looks import Look

_PICTURE_PX = 512
_ID_BYTES = 6


@dataclass(frozen=True)
class Result:
    """An avatar that was shown."""

    look: Look
    """All that it can be made from again."""
    picture: bytes
    """From the front at rest, as WebP with transparency, 512 pixels wide."""
    name: str = field(default_factory=lambda: secrets.token_urlsafe(_ID_BYTES))
    """Tells it from the visitor's other results; safe in addresses."""
    made_at: float = field(default_factory=time.time)
    """Seconds since 1970."""

    def described(self) -> dict[str, Any]:
        """Name, time, prompt, sliders and seed, as plain JSON."""
        settings = self.look.settings
        return {
            "name": self.name,
            "made_at": round(self.made_at, 1),
            "prompt": settings.prompt,
            "seed": settings.seed,
            "sliders": [settings.controls.strength, settings.controls.edges, settings.controls.identity],
            "stylizer": settings.stylizer,
            "reference": settings.reference is not None,
            "edited": self.look.character is not self.look.origin.measured,
        }


@dataclass(frozen=True)
class Results:
    """Results, oldest first. A value: every step gives new results."""

    items: tuple[Result, ...] = ()
    limit: int = 60
    """How many are kept at most."""

    def added(self, result: Result) -> "Results":
        """One more at the end; the oldest goes if there are too many."""
        return replace(self, items=(*self.items, result)[-self.limit :])

    def amended(self, result: Result) -> "Results":
        """The last one was only on the way to this."""
        return replace(self, items=(*self.items[:-1], result))

    def without(self, name: str) -> "Results":
        """All but one."""
        return replace(self, items=tuple(item for item in self.items if item.name != name))

    def named(self, name: str) -> Result | None:
        """The result of that name."""
        return next((item for item in self.items if item.name == name), None)

    def described(self) -> list[Mapping[str, Any]]:
        """Plain JSON, newest first."""
        return [item.described() for item in reversed(self.items)]


def as_picture(pixels: UInt8[np.ndarray, "h w c"]) -> bytes:
    """A picture of a result, as a file of some twenty kilobytes."""
    image = Image.fromarray(pixels)
    if image.width > _PICTURE_PX:
        image = image.resize((_PICTURE_PX, _PICTURE_PX), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    # A dragged slider gives ten results a second: quick matters more than small.
    image.save(buffer, "WEBP", quality=80, method=1)
    return buffer.getvalue()
