"""Undo and redo, as data."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

State = TypeVar("State")

_MERGE_S = 1.0


@dataclass(frozen=True)
class History(Generic[State]):
    """States one after another, of which one is present. A value: every step gives a new history."""

    present: State | None = None
    """None before the first state."""
    past: tuple[State, ...] = ()
    """Oldest first."""
    future: tuple[State, ...] = ()
    """What was undone, the nearest first."""
    limit: int = 50
    """How many steps can be undone at most."""
    changed: str = ""
    """What the last step changed; empty after an undo or redo."""
    changed_at: float = 0.0
    """When, in seconds of the caller's clock."""

    @property
    def can_undo(self) -> bool:
        """Whether there is a state before this one."""
        return bool(self.past)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone state after this one."""
        return bool(self.future)

    def pushed(self, state: State, changed: str, now: float) -> "History[State]":
        """A new state follows; what was undone is forgotten.

        Args:
            state: the new present.
            changed: what is different. Changes of one thing in quick succession, as a dragged slider makes them,
                count as one step.
            now: in seconds.
        """
        if self.present is None or (changed and changed == self.changed and now - self.changed_at < _MERGE_S):
            past = self.past
        else:
            past = (*self.past, self.present)[-self.limit :]
        return replace(self, present=state, past=past, future=(), changed=changed, changed_at=now)

    def undone(self) -> "History[State]":
        """One step back; the same history if there is none."""
        if not self.past or self.present is None:
            return self
        future = (self.present, *self.future)
        return replace(self, present=self.past[-1], past=self.past[:-1], future=future, changed="")

    def redone(self) -> "History[State]":
        """One step forward again; the same history if there is none."""
        if not self.future or self.present is None:
            return self
        past = (*self.past, self.present)
        return replace(self, present=self.future[0], past=past, future=self.future[1:], changed="")
