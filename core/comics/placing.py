"""Balloons find their places: off all faces, in the order of reading, near who speaks."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from core.comics.balloons import Area, Balloon, Placed, edge_towards, tail
from core.comics.model import Line
from core.comics.players import Standing

_GRID = 17
_BEAM = 7
_CROSSED = 0.5
"""What it costs if a tail crosses a hat or a heart."""
_TRIED = 10
_SHORTER = (1.0, 0.85, 0.7, 0.5, 0.35)
"""A tail that would graze a face, a hat or a heart is so much shorter."""
"""So many of the best places of a balloon are looked at closely."""


@dataclass(frozen=True)
class Room:
    """What balloons have to respect, in pixels of the panel."""

    width: int
    height: int
    margin: float
    """From the panel's edges, and between things."""
    standings: Sequence[Standing]

    @property
    def faces(self) -> list[Area]:
        """Of everybody, with a little air."""
        return [_grown(standing.pixels(standing.player.face), 0.4 * self.margin) for standing in self.standings]


@dataclass(frozen=True)
class _State:
    cost: float
    placed: tuple[Placed, ...]
    tails: Float[np.ndarray, "n 2"]
    """Points along all tails."""


def place_balloons(
    lines: Sequence[Line], choices: Sequence[Sequence[Balloon]], room: Room
) -> tuple[float, list[Placed]] | None:
    """Places all balloons of a panel.

    Args:
        lines: what they say, in the order of reading.
        choices: for each line the balloons it may have: its words in narrow and in wide blocks.
        room: where.

    Returns:
        How bad it is, from 0, and the balloons; None if there is no room.
    """
    states = [_State(0.0, (), np.zeros((0, 2)))]
    backwards = sum(_is_rtl(line.text) for line in lines) * 2 > len(lines)
    for line, balloons in zip(lines, choices, strict=True):
        found = [after for state in states for after in _extended(state, line, balloons, room, backwards)]
        states = sorted(found, key=lambda state: state.cost)[:_BEAM]
        if not states:
            return None
    return states[0].cost, list(states[0].placed)


def _extended(state: _State, line: Line, balloons: Sequence[Balloon], room: Room, backwards: bool) -> list[_State]:
    """The state with one balloon more, in its best places."""
    speaker = next((s for s in room.standings if s.player.who == line.who), None)
    faces, heads = room.faces, [s.pixels(s.player.head) for s in room.standings]
    things = [s.pixels(thing) for s in room.standings for thing in s.player.things]
    found: list[tuple[float, Placed]] = []
    for balloon in balloons:
        width, height = balloon.size
        free_x, free_y = room.width - 2 * room.margin - width, room.height - 2 * room.margin - height
        if free_x < 0 or free_y < 0:
            continue
        steps = np.linspace(0, 1, _GRID)
        x, y = np.meshgrid(
            room.margin + width / 2 + free_x * steps, room.margin + height / 2 + free_y * steps, indexing="xy"
        )
        x, y = x.ravel(), y.ravel()
        good = np.ones(len(x), bool)
        for area in faces:
            good &= ~_meets(x, y, width, height, area, 0.4 * room.margin)
        for other in state.placed:
            good &= ~_meets(x, y, width, height, other.area, 0.6 * room.margin)
            good &= _after(x, y, width, height, other, backwards)
        for tx, ty in state.tails:
            good &= (np.abs(x - tx) > width / 2 + 3) | (np.abs(y - ty) > height / 2 + 3)
        cost = _shape_cost(balloon) + 0.9 * sum(_overlap(x, y, width, height, head) for head in heads)
        cost = cost + 1.4 * sum(_overlap(x, y, width, height, thing, of_area=True) for thing in things)
        cost = cost + _place_cost(x, y, balloon, line, room, speaker)
        if speaker is not None and line.kind != "sound":
            along, length = _tail(x, y, balloon, speaker, room)
            good &= length > 0.4 * balloon.block.size_px
            cost = cost + 1.6 * np.abs(length / room.height - 0.1)
            del along
        order = np.flatnonzero(good)
        order = order[np.argsort(cost[order], kind="stable")][:_TRIED]
        found += [(float(cost[k]), Placed(balloon, float(x[k]), float(y[k]))) for k in order]
    states = []
    for cost, placed in sorted(found, key=lambda pair: pair[0])[: 2 * _TRIED]:
        with_tail, points = _with_tail(placed, line, speaker, room)
        others = [head for head, s in zip(heads, room.standings, strict=True) if s is not speaker]
        blocked = [other.area for other in state.placed] + others
        if any(_holds(area, points) for area in blocked):
            continue
        cost += _CROSSED * sum(_holds(thing, points) for thing in things)
        states.append(_State(state.cost + cost, (*state.placed, with_tail), np.concatenate([state.tails, points])))
        if len(states) == _BEAM:
            break
    return states


def _shape_cost(balloon: Balloon) -> float:
    """Balloons are best half again as wide as high, captions and sounds on one line or two."""
    width, height = balloon.size
    if balloon.kind in ("caption", "sound"):
        return 0.12 * (len(balloon.block.lines) - 1) ** 1.5
    flat = float(np.log(width / height / 1.55))
    return 0.22 * max(flat, 0.0) + 0.5 * max(-flat, 0.0)


def _place_cost(x, y, balloon: Balloon, line: Line, room: Room, speaker: Standing | None):
    """Captions like corners, speech the upper end and the speaker's side; arrays of places in, costs out."""
    width, height = balloon.size
    left, top = (x - width / 2) / room.width, (y - height / 2) / room.height
    right, low = 1 - (x + width / 2) / room.width, 1 - (y + height / 2) / room.height
    if line.kind == "caption":
        return 1.6 * np.minimum(left, right + 0.03) + 1.6 * np.minimum(top, low + 0.1)
    if line.kind == "sound":
        return 0.5 * np.minimum(left, right) + 0.5 * np.abs(y / room.height - 0.4)
    if speaker is None:
        return 1.2 * np.minimum(left, right) + 0.5 * top
    away = np.abs(x - speaker.mouth[0]) / room.width
    # Under a chin is the last place to look for words.
    below = np.maximum(y - speaker.mouth[1] + 0.5 * height, 0) / room.height
    return 0.8 * top + 0.75 * np.maximum(away - 0.12, 0) + 2.0 * below


def _tail(x, y, balloon: Balloon, speaker: Standing, room: Room):
    """Share of the way to the mouth at which the face begins, and how long the tail is that shows."""
    left, top, right, low = _grown(speaker.pixels(speaker.player.face), 0.4 * room.margin)
    mx, my = speaker.mouth
    dx, dy = mx - x, my - y
    with np.errstate(divide="ignore", invalid="ignore"):
        across = np.where(dx > 0, (left - x) / dx, np.where(dx < 0, (right - x) / dx, -np.inf))
        down = np.where(dy > 0, (top - y) / dy, np.where(dy < 0, (low - y) / dy, -np.inf))
    share = np.clip(np.maximum(across, down), 0, 1)
    far = np.maximum(np.hypot(dx, dy), 1e-6)
    width, height = balloon.size
    leave = ((np.abs(dx / far) / (width / 2)) ** 2.5 + (np.abs(dy / far) / (height / 2)) ** 2.5) ** (-1 / 2.5)
    return share, share * far - leave


def _with_tail(placed: Placed, line: Line, speaker: Standing | None, room: Room) -> tuple[Placed, np.ndarray]:
    """The balloon with its tail, and points along that."""
    nothing = np.zeros((0, 2))
    if line.who is None:
        return placed, nothing
    size = placed.balloon.block.size_px
    if speaker is None:
        # A voice from beside the picture.
        side = -1 if placed.x < room.width / 2 else 1
        half = placed.balloon.size[0] / 2
        edge = 0.0 if side < 0 else float(room.width)
        tip = (
            (edge, placed.y + 0.5 * size)
            if abs(edge - placed.x) - half < 2.2 * size
            else (placed.x + side * (half + size), placed.y + size)
        )
        return replace(placed, tip=tip), nothing
    share, _ = _tail(np.array([placed.x]), np.array([placed.y]), placed.balloon, speaker, room)
    start, mouth = np.array((placed.x, placed.y)), np.array(speaker.mouth)
    tip = start + (mouth - start) * float(share[0])
    edge = np.array(edge_towards(placed, (float(tip[0]), float(tip[1]))))
    long = float(np.hypot(*(tip - edge)))
    reach = min(long, 0.2 * room.height)
    points = np.zeros((0, 2))
    things = [speaker.pixels(thing) for thing in speaker.player.things]
    off_faces: tuple[Placed, np.ndarray] | None = None
    for share in _SHORTER:
        tip = edge + (tip - edge) * share * reach / max(float(np.hypot(*(tip - edge))), 1e-6)
        pointed = replace(placed, tip=(float(tip[0]), float(tip[1])))
        points = edge + (tip - edge) * np.linspace(0.1, 1, 8)[:, None]
        drawn = np.concatenate([tail(pointed), points])
        if not any(_holds(_grown(s.pixels(s.player.face), placed.balloon.ink_px), drawn) for s in room.standings):
            if not any(_holds(thing, drawn) for thing in things):
                return pointed, points
            off_faces = off_faces or (pointed, points)
    return off_faces or (placed, nothing)


def _after(x, y, width: float, height: float, other: Placed, backwards: bool) -> Bool[np.ndarray, " n"]:
    """Whether one would be read after the other: below it, or beside it on the far side."""
    ow, oh = other.balloon.size
    beside = (other.x - x if backwards else x - other.x) > 0.5 * (width + ow) * 0.96
    not_higher = y - height / 2 > other.y - oh / 2 - 0.25 * oh
    below = y - height / 2 > other.y + 0.3 * oh
    return (beside & not_higher) | below


def _meets(x, y, width: float, height: float, area: Area, gap: float) -> Bool[np.ndarray, " n"]:
    left, top, right, low = area
    apart_x = np.abs(x - (left + right) / 2) >= (width + right - left) / 2 + gap
    apart_y = np.abs(y - (top + low) / 2) >= (height + low - top) / 2 + gap
    return ~(apart_x | apart_y)


def _overlap(x, y, width: float, height: float, area: Area, of_area: bool = False):
    """Shares of the balloon that lie on an area, or of the area that lie under the balloon."""
    left, top, right, low = area
    across = np.minimum(x + width / 2, right) - np.maximum(x - width / 2, left)
    down = np.minimum(y + height / 2, low) - np.maximum(y - height / 2, top)
    whole = (right - left) * (low - top) if of_area else width * height
    return np.maximum(across, 0) * np.maximum(down, 0) / whole


def _holds(area: Area, points: np.ndarray) -> bool:
    left, top, right, low = area
    inside = (points[:, 0] > left) & (points[:, 0] < right) & (points[:, 1] > top) & (points[:, 1] < low)
    return bool(inside.any())


def _grown(area: Area, by: float) -> Area:
    return area[0] - by, area[1] - by, area[2] + by, area[3] + by


def _is_rtl(text: str) -> bool:
    """Whether it is read from the right."""
    strong = [unicodedata.bidirectional(char) for char in text]
    return sum(kind in ("R", "AL") for kind in strong) > sum(kind == "L" for kind in strong)
