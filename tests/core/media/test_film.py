"""Films that cannot be shown are refused before anything is drawn."""

import pytest

from core.errors import InvalidRequest
from core.media.film import Film


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"fps": 0}, "between 1 and 60, not 0"),
        ({"fps": 61}, "between 1 and 60, not 61"),
        ({"size": 15}, "between 16 and 2048 pixels, not 15"),
        ({"size": 4096}, "not 4096"),
        ({"seconds": 0.0}, "at least 2 frames, not 0 s"),
        ({"seconds": -1.0}, "not -1 s"),
        ({"seconds": 61.0}, "at most 60 seconds"),
        ({"seconds": float("nan")}, "not nan s"),
        ({"seconds": 0.04}, "at least 2 frames"),
    ],
)
def test_what_cannot_be_shown_is_refused(wrong: dict[str, float], complaint: str):
    with pytest.raises(InvalidRequest, match=complaint):
        Film(**({"seconds": 4.0} | wrong))  # type: ignore[arg-type]
