"""The log of a training as a picture."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

_SIZE, _MARGIN = (760, 420), 44
_COLORS = ("#2b5fd9", "#d9632b", "#2b9d5c", "#9b2bd9", "#777777", "#c4a000")


def draw_curve(log: Path, out: Path) -> None:
    """Draws every term of a log of :func:`core.train.loop.train` over minutes, on a logarithmic scale.

    Does nothing as long as there are fewer than two rows.
    """
    if not log.is_file():
        return
    with log.open() as file:
        rows = list(csv.DictReader(file))
    if len(rows) < 2:
        return
    names = list(dict.fromkeys(row["term"] for row in rows))
    minutes = {name: np.array([float(row["minutes"]) for row in rows if row["term"] == name]) for name in names}
    values = {name: np.array([float(row["value"]) for row in rows if row["term"] == name]) for name in names}
    logs = {name: np.log10(np.maximum(column, 1e-6)) for name, column in values.items()}
    last = max(float(column[-1]) for column in minutes.values())
    low, high = (float(edge(np.concatenate(list(logs.values())))) for edge in (np.nanmin, np.nanmax))
    picture = Image.new("RGB", _SIZE, "white")
    draw = ImageDraw.Draw(picture)
    width, height = _SIZE[0] - 2 * _MARGIN, _SIZE[1] - 2 * _MARGIN

    def at(minute: float, value: float) -> tuple[float, float]:
        x = _MARGIN + width * minute / max(last, 1e-6)
        return x, _MARGIN + height * (high - value) / max(high - low, 1e-6)

    draw.rectangle((_MARGIN, _MARGIN, _MARGIN + width, _MARGIN + height), outline="#bbbbbb")
    for value in range(int(np.ceil(low)), int(np.floor(high)) + 1):
        left = at(0.0, float(value))
        draw.line((left, at(last, float(value))), fill="#dddddd")
        draw.text((4, left[1] - 6), f"{10.0**value:g}", fill="black")
    draw.text((_MARGIN + width - 60, _SIZE[1] - 30), f"{last:.1f} min", fill="black")
    for k, name in enumerate(names):
        color = _COLORS[k % len(_COLORS)]
        draw.line([at(*point) for point in zip(minutes[name], logs[name], strict=True)], fill=color, width=2)
        draw.text((_MARGIN + 8 + 100 * k, 14), name, fill=color)
    picture.save(out)
