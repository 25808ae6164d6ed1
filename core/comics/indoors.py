"""Places with walls."""

import numpy as np

from core.comics.sheet import Color, Sheet, tone

WHITE: Color = (255, 255, 255)


def room(sheet: Sheet) -> None:
    """A living room in warm light."""
    sheet.sky(tone("fbe3c8"), tone("f4c9a4"))
    for x in np.arange(-1.65, 1.65, 0.11):
        sheet.box(float(x), -0.1, 0.055, 1.2, tone("ffeeda"), alpha=0.4)
    _window(sheet, -0.66, 0.1, 0.34, 0.46)
    for x, wide in ((-0.74, 0.1), (-0.36, 0.1)):
        folds = np.linspace(0, 1, 12)
        side = [(x + wide * t, 0.64 + 0.012 * np.sin(14 * t)) for t in folds]
        sheet.polygon([(x, 0.06), (x + wide, 0.06), *side[::-1]], tone("f08a6c"), tone("d9634f"))
        for t in (0.3, 0.65):
            sheet.line([(x + wide * t, 0.07), (x + wide * t, 0.63)], 0.006, tone("c4523f"), 0.5)
    sheet.line([(-0.8, 0.06), (-0.2, 0.06)], 0.014, tone("8a5a44"))
    _picture(sheet, 0.36, 0.12, 0.2, 0.24)
    _picture(sheet, 0.62, 0.2, 0.13, 0.13)
    _picture(sheet, 1.16, 0.14, 0.2, 0.2)
    sheet.box(-9, 0.76, 18, 0.4, tone("e8ab84"), tone("d08f6b"))
    sheet.box(-9, 0.75, 18, 0.022, tone("fff3e3"))
    sheet.glow(0.9, 0.35, 0.5, tone("fff2c0"), 0.7)
    sheet.line([(0.9, 0.42), (0.9, 1.0)], 0.014, tone("7a5140"))
    sheet.polygon([(0.83, 0.26), (0.97, 0.26), (1.02, 0.44), (0.78, 0.44)], tone("fff3c9"), tone("ffd98a"))
    sheet.box(-0.62, 0.7, 1.24, 0.5, tone("5fa7a0"), tone("3f857f"), radius=0.07)
    sheet.box(-0.74, 0.8, 0.16, 0.4, tone("6cb5ad"), tone("458e87"), radius=0.06)
    sheet.box(0.58, 0.8, 0.16, 0.4, tone("6cb5ad"), tone("458e87"), radius=0.06)
    _plant(sheet, -1.05, 0.92, 0.34)


def office(sheet: Sheet) -> None:
    """A bright office with a chart on the wall."""
    sheet.sky(tone("eef6f8"), tone("d3e4ea"))
    _window(sheet, -0.9, 0.06, 0.5, 0.5)
    sheet.box(0.16, 0.1, 0.56, 0.38, tone("b8c9d2"), radius=0.016)
    sheet.box(0.18, 0.12, 0.52, 0.34, WHITE, radius=0.008)
    for k, high in enumerate((0.06, 0.1, 0.08, 0.15, 0.2)):
        color = (tone("7cc4f0"), tone("5bb6a2"), tone("ffb454"), tone("ff7f6b"), tone("8c7ae6"))[k]
        sheet.box(0.23 + 0.085 * k, 0.42 - high, 0.055, high, color, radius=0.006)
    sheet.line([(0.22, 0.34), (0.34, 0.27), (0.44, 0.3), (0.56, 0.21), (0.66, 0.16)], 0.009, tone("3d4f66"))
    for k in range(3):
        sheet.box(
            -0.26 + 0.12 * k, 0.2 + 0.03 * (k % 2), 0.085, 0.085, (tone("ffe27a"), tone("ffb3c4"), tone("a6e3c6"))[k]
        )
    sheet.box(-9, 0.74, 18, 0.4, tone("7d93a8"), tone("5d7388"), radius=0.0)
    sheet.box(-9, 0.725, 18, 0.026, tone("a9bccb"))
    _plant(sheet, 0.98, 0.78, 0.36)
    _plant(sheet, -1.2, 0.8, 0.3)
    for k, x in enumerate((-0.42, -0.375, -0.33, -0.28)):
        sheet.box(
            x,
            0.61 + 0.012 * (k % 2),
            0.036,
            0.12,
            (tone("e9776b"), tone("4f9fd0"), tone("f2c14e"), tone("6bbf8a"))[k],
            radius=0.004,
        )


def cafe(sheet: Sheet) -> None:
    """A cafe with lamps, shelves and a board."""
    sheet.sky(tone("6f4a3c"), tone("9c6a4d"))
    for y in np.arange(0.0, 0.74, 0.075):
        for k, x in enumerate(np.arange(-1.7, 1.7, 0.17)):
            shift = 0.085 * (round(y / 0.075) % 2)
            shade = tone("b57b57") if (k * 7 + round(y / 0.075) * 3) % 5 else tone("a76f4d")
            sheet.box(float(x) + shift, float(y), 0.162, 0.067, shade, radius=0.006)
    sheet.box(-0.78, 0.16, 0.46, 0.34, tone("5a3a2c"), radius=0.012)
    sheet.box(-0.76, 0.18, 0.42, 0.3, tone("2f3b38"))
    for k, wide in enumerate((0.2, 0.28, 0.24, 0.17)):
        sheet.line([(-0.72, 0.24 + 0.06 * k), (-0.72 + wide, 0.24 + 0.06 * k)], 0.01, tone("f4efe2"), 0.85)
    sheet.circle(-0.41, 0.39, 0.036, tone("f4efe2"), alpha=0.85)
    sheet.circle(-0.41, 0.39, 0.024, tone("2f3b38"))
    for y in (0.32, 0.52):
        sheet.box(0.3, y, 0.62, 0.022, tone("6b4433"))
        rng = np.random.default_rng(round(y * 100))
        for x in np.arange(0.34, 0.88, 0.075):
            color = (tone("fff2dd"), tone("e9776b"), tone("5bb6a2"), tone("f2c14e"))[rng.integers(4)]
            high = float(rng.uniform(0.045, 0.085))
            sheet.box(float(x), y - high, 0.05, high, color, radius=0.01)
    for x in (-1.1, -0.16, 0.2, 1.15):
        sheet.line([(x, -0.1), (x, 0.08)], 0.006, tone("2c1d18"))
        sheet.glow(x, 0.14, 0.34, tone("ffe2a0"), 0.75)
        sheet.polygon(
            [(x - 0.022, 0.06), (x + 0.022, 0.06), (x + 0.075, 0.13), (x - 0.075, 0.13)], tone("2f6f66"), tone("245850")
        )
        sheet.circle(x, 0.132, 0.03, tone("fff6d8"))
    sheet.box(-9, 0.78, 18, 0.4, tone("5d3b2d"), tone("442a21"))
    sheet.box(-9, 0.765, 18, 0.03, tone("d9a066"), tone("b97f4b"))


def stage(sheet: Sheet) -> None:
    """A theatre: curtains, boards and spotlights."""
    sheet.sky(tone("1c1030"), tone("3b1c4d"), tone("6b2f5f"))
    sheet.box(-9, 0.8, 18, 0.4, tone("a9683f"), tone("6f3f2c"))
    for x in np.arange(-3, 3, 0.16):
        sheet.line([(float(x) * 0.8, 0.8), (float(x) * 1.25, 1.05)], 0.004, tone("5a3020"), 0.7)
    for x, spread in ((-0.42, 0.3), (0.42, -0.3)):
        sheet.polygon(
            [(x - 0.02, -0.05), (x + 0.02, -0.05), (x + spread + 0.3, 0.9), (x + spread - 0.3, 0.9)],
            tone("fff3c2"),
            tone("8a5a78"),
            alpha=0.3,
        )
    sheet.circle(0.0, 0.88, 0.5, tone("fff0bf"), alpha=0.4, squash=0.16)
    sheet.glow(0.0, 0.45, 0.65, tone("ffdca0"), 0.45)
    for side in (-1, 1):
        for k in range(9):
            near, far = 0.5 + 0.13 * k, 0.5 + 0.13 * (k + 1)
            t = np.linspace(0, 1, 20)
            inner = [(side * (near + 0.08 * (1 - s) ** 2 - 0.02 * k * 0), 0.86 * s) for s in t]
            outer = [(side * (far + 0.08 * (1 - s) ** 2), 0.86 * s + 0.02 * s) for s in t]
            sheet.polygon(
                [*inner, *outer[::-1]],
                tone("c42a45") if k % 2 else tone("e0465a"),
                tone("7f1432") if k % 2 else tone("a51f3d"),
            )
    for k in range(-8, 9):
        x = 0.22 * k
        drop = [(x - 0.11 + 0.22 * t, 0.1 + 0.085 * np.sin(np.pi * t)) for t in np.linspace(0, 1, 14)]
        sheet.polygon([(x - 0.11, -0.1), (x + 0.11, -0.1), *drop[::-1]], tone("d93a52"), tone("961a38"))
        sheet.line(drop, 0.012, tone("ffcf6b"))


def _window(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    sheet.box(x - 0.02, y - 0.02, width + 0.04, height + 0.04, tone("fffaf2"), radius=0.01)
    sheet.box(x, y, width, height, tone("86cdf5"), tone("dff4ff"))
    sheet.circle(x + width * 0.68, y + height * 0.26, 0.034, tone("fff3b8"))
    hills = [(x + width * t, y + height * (0.78 - 0.06 * np.sin(5 * t))) for t in np.linspace(0, 1, 20)]
    sheet.polygon([*hills, (x + width, y + height), (x, y + height)], tone("9ad68c"), tone("6fbd78"))
    sheet.box(x + width / 2 - 0.009, y, 0.018, height, tone("fffaf2"))
    sheet.box(x, y + height * 0.5 - 0.009, width, 0.018, tone("fffaf2"))
    sheet.box(x - 0.035, y + height + 0.015, width + 0.07, 0.026, tone("fffaf2"), tone("e8dccb"), radius=0.006)


def _picture(sheet: Sheet, x: float, y: float, width: float, height: float) -> None:
    sheet.box(x + 0.006, y + 0.01, width, height, tone("b5835f"), alpha=0.4)
    sheet.box(x, y, width, height, tone("8a5a44"))
    sheet.box(x + 0.014, y + 0.014, width - 0.028, height - 0.028, tone("ffe7c2"), tone("ffb98a"))
    sheet.circle(x + width * 0.62, y + height * 0.4, width * 0.13, tone("ff7f6b"))
    base = y + height - 0.014
    sheet.polygon([(x + 0.014, base), (x + width * 0.4, y + height * 0.5), (x + width * 0.7, base)], tone("5b8fa8"))
    sheet.polygon(
        [(x + width * 0.4, base), (x + width * 0.7, y + height * 0.6), (x + width - 0.014, base)], tone("77aec2")
    )


def _plant(sheet: Sheet, x: float, y: float, size: float) -> None:
    for angle, long in ((-150, 0.8), (-125, 1.0), (-95, 1.15), (-65, 1.0), (-35, 0.8)):
        a, s = np.radians(angle), np.linspace(0, 1, 14)
        spine = np.stack(
            [x + size * long * s * np.cos(a) * 0.7, y + size * long * s * np.sin(a) + 0.2 * size * s**2], 1
        )
        half = 0.1 * size * np.sin(np.pi * s**0.8)
        across = np.array((-np.sin(a), np.cos(a)))
        edge = np.concatenate([spine + half[:, None] * across, (spine - half[:, None] * across)[::-1]])
        sheet.polygon(edge, tone("5fb37a"), tone("2f8560"))
    sheet.polygon(
        [
            (x - 0.2 * size, y),
            (x + 0.2 * size, y),
            (x + 0.15 * size, y + 0.36 * size),
            (x - 0.15 * size, y + 0.36 * size),
        ],
        tone("e08a5f"),
        tone("b9623f"),
    )
