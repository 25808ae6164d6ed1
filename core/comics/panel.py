"""One panel: how near the camera is and where balloons go, then the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from core.comics.balloons import Balloon, Placed, draw_balloon, inflate
from core.comics.lettering import blocks
from core.comics.model import Kind, Line, Panel, Shot
from core.comics.placing import Room, place_balloons
from core.comics.players import Player, Standing, draw_player
from core.comics.scenes import SCENES, draw_scene

_FIGURE_CM = 27.0
"""Of an avatar from its crown to its lower end, about."""
_SHARE: Mapping[Shot, float] = {"close-up": 1.14, "medium": 0.88, "wide": 0.7}
"""How many heights of the panel such a figure has."""
_SHRINK = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.53)
_LOWER = (0.0, 0.5, 1.0)
_CUT_CM, _UNDER_CHIN_CM = 2.6, 3.2
"""How much of the shoulders the panel's edge always cuts off, and what it always leaves below the chin."""
_LETTERS: Mapping[Kind, float] = {"shout": 1.16, "whisper": 0.88, "caption": 0.88, "sound": 2.3}
_INK = 0.115
"""Width of a balloon's line in letter heights."""


@dataclass(frozen=True)
class Composition:
    """Where everything is in a panel, in its pixels."""

    cost: float
    """How bad it is."""
    standings: tuple[Standing, ...]
    balloons: tuple[Placed, ...]


def compose(
    panel: Panel, players: Sequence[Player], width: int, height: int, letter_px: float, side: int, capitals: bool
) -> Composition | None:
    """Finds the camera and the places of the balloons.

    Args:
        panel: what happens.
        players: its actors, in posture.
        width: in pixels.
        height: in pixels.
        letter_px: height of letters.
        side: where a single person stands if the words leave the choice: -1 left, 1 right.
        capitals: whether all is lettered in capitals.

    Returns:
        None if the words do not fit at this size.

    Raises:
        InvalidRequest: if no font can write a line.
    """
    choices = [_balloons(line, letter_px, width, capitals) for line in panel.lines]
    best: Composition | None = None
    for penalty, standings in _framings(panel, players, width, height, side):
        if best is not None and penalty >= best.cost:
            break
        found = place_balloons(panel.lines, choices, Room(width, height, 0.55 * letter_px, standings))
        if found is not None and (best is None or penalty + found[0] < best.cost):
            best = Composition(penalty + found[0], standings, tuple(found[1]))
    return best


def draw_panel(
    panel: Panel, composition: Composition, width: int, height: int, side: int
) -> Float32[np.ndarray, "h w 3"]:
    """The picture, in [0, 1].

    Args:
        panel: what happens.
        composition: where.
        width: in pixels.
        height: in pixels.
        side: which half of its scene a narrow panel shows: -1 left, 1 right.
    """
    scene = draw_scene(panel.scene, panel.shot, panel.effect, width, height, side)
    canvas = np.concatenate([scene, np.ones((height, width, 1), np.float32)], -1)
    # The first actor stands in front.
    for place, standing in reversed(list(enumerate(composition.standings))):
        others = [other.pixels(other.player.face) for other in composition.standings if other is not standing]
        others += [front.pixels(thing) for front in composition.standings[:place] for thing in front.player.things]
        draw_player(canvas, standing, SCENES[panel.scene].light, others)
    for placed in composition.balloons:
        draw_balloon(canvas, placed)
    return np.clip(canvas[..., :3], 0, 1)


def _balloons(line: Line, letter_px: float, width: int, capitals: bool) -> list[Balloon]:
    """The balloons that a line may have."""
    text = line.text.upper() if capitals or line.kind == "sound" else line.text
    size = letter_px * _LETTERS.get(line.kind, 1.0)
    if line.kind == "sound":
        size = min(size, 0.8 * width / max(len(text), 4))
    room = 1.0 if line.kind == "caption" else 0.75
    inflated = [inflate(line.kind, block, _INK * letter_px) for block in blocks(text, size, room * (width - 2 * size))]
    return inflated if line.kind != "sound" else inflated[-1:]


def _framings(panel: Panel, players: Sequence[Player], width: int, height: int, side: int):
    """Ways to show the players, the best first: penalties and standings."""
    count = max(len(players), 1)
    wanted = _SHARE[panel.shot] * height / _FIGURE_CM
    heads = sum(player.head[2] - player.head[0] for player in players)
    # Faces stand clear of each other; hair may touch.
    scale = min(wanted, 0.95 * width / max(heads, 1.0))
    if not players:
        return [(0.0, ())]
    framings = []
    aside = 0.16 if width < 1.5 * height else 0.21
    offsets = (0.0,) if count > 1 else (0.0, side * aside, -side * aside)
    for shrink in _SHRINK:
        for lower in _LOWER:
            for offset in offsets:
                penalty = 4.0 * (1 - shrink) + 0.3 * lower + (0.12 if offset * side < 0 else 0.05 if offset else 0.0)
                framings.append((penalty, _stood(players, scale * shrink, lower, offset * width, width, height)))
    return sorted(framings, key=lambda framing: framing[0])


def _stood(
    players: Sequence[Player], scale: float, lower: float, offset: float, width: int, height: int
) -> tuple[Standing, ...]:
    """Players at one scale, side by side, cut by the lower edge."""
    count = len(players)
    wide = [(player.head[2] - player.head[0]) * scale for player in players]
    gap = min((width - sum(wide)) / (count + 0.5), 7.0 * scale)
    standings = []
    free = max(0.5 * (width - sum(wide)) - 0.02 * width, 0.0)
    offset = min(max(offset, -free), free)
    middle = width / 2 + offset - (sum(wide) + gap * (count - 1)) / 2
    for place, player in enumerate(players):
        middle += wide[place] / 2 + (gap + wide[place - 1] / 2 if place else 0.0)
        staged = player.staged
        most = max(staged.high[1] - staged.places["chin"][1] - _UNDER_CHIN_CM, _CUT_CM)
        cut = _CUT_CM + lower * (most - _CUT_CM)
        y = height - (staged.high[1] - cut) * scale
        standings.append(Standing(player, scale, middle - scale * (player.head[0] + player.head[2]) / 2, y))
    return tuple(standings)
