"""The three sliders of the paper (A.3)."""

from dataclasses import dataclass, fields

from core.errors import InvalidRequest


@dataclass(frozen=True)
class StyleControls:
    """How a second style is applied; every control lies in [0, 1].

    Raises:
        InvalidRequest: if a control lies outside [0, 1].
    """

    strength: float = 0.5
    """Style Transition Strength: how far the avatar goes to the second style; 0 keeps the primary avatar exactly."""
    edges: float = 0.5
    """Edge Preservation Level: how much of the primary avatar's own structure survives: the contrast of brows,
    lips, lids and hair strands, and the detail of its shading."""
    identity: float = 0.5
    """Identity Consistency Factor: how much of the person's own skin tone, hair colour and eye colour survives."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise InvalidRequest(f"{field.name.capitalize()} must lie between 0 and 1, not {value}.")
