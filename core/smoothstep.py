"""The soft step that borders and fades are drawn with."""

from typing import Any

import numpy as np

Values = float | np.number | np.ndarray
"""One number or many."""


def smoothstep(low: Values, high: Values, value: Values) -> Any:
    """0 up to ``low``, 1 from ``high``, and a smooth rise (3t² - 2t³) between them; of the shape of ``value``."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
