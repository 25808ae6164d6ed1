"""Figures beside their limits, and whether all keep them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """A figure and what it may be at most."""

    name: str
    figure: float
    most: float
    unit: str = ""

    @property
    def kept(self) -> bool:
        """Whether the figure is good; one that is no number is not."""
        return self.figure <= self.most


def judged(limits: Sequence[Limit]) -> int:
    """Prints the table; the exit status, 1 if a limit is broken."""
    width = max(len(limit.name) for limit in limits)
    sys.stdout.write(f"\n{'':{width}}  {'seen':>10}  {'at most':>10}\n")
    for limit in limits:
        row = f"{limit.name:{width}}  {limit.figure:>10.1f}  {limit.most:>10.1f}  {limit.unit:4}"
        sys.stdout.write(f"{row} {'good' if limit.kept else 'BROKEN'}\n")
    broken = sum(not limit.kept for limit in limits)
    sys.stdout.write(f"\n{'All limits kept.' if not broken else f'{broken} broken.'}\n")
    return 1 if broken else 0


def change_percent(values: Sequence[float]) -> float:
    """How far the last third of some figures lies from the first third on average, either way, in percent."""
    third = max(1, len(values) // 3)
    first, last = sum(values[:third]) / third, sum(values[-third:]) / third
    return abs(last - first) / max(first, 1e-9) * 100


def growth(values: Sequence[float]) -> float:
    """How much higher the last third of some figures is than the first third, on average."""
    third = max(1, len(values) // 3)
    return sum(values[-third:]) / third - sum(values[:third]) / third
