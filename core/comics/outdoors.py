"""Places under the sky."""

import numpy as np

from core.comics.sheet import Color, Length, Sheet, tone


def park(sheet: Sheet) -> None:
    """Meadow, hills and trees on a fine day."""
    sheet.sky(tone("6cc3f7"), tone("c5ebff"), tone("f2fbef"), bottom=0.7)
    sheet.glow(0.55, 0.12, 0.55, tone("fffbe0"), 0.9)
    sheet.circle(0.55, 0.13, 0.07, tone("fff6c2"), tone("ffe88f"))
    for x, y, size in ((-0.55, 0.16, 0.1), (0.18, 0.1, 0.075), (1.05, 0.2, 0.1), (-1.3, 0.12, 0.09)):
        cloud(sheet, x, y, size)
    hill(sheet, 0.6, 0.06, 0.8, 0.4, tone("a8dd9b"), tone("7cc486"))
    for k, x in enumerate((-1.45, -0.98, -0.44, 0.4, 0.8, 1.25)):
        tree(sheet, x, 0.7 + 0.03 * (k % 2), 0.25 + 0.05 * ((k * 7) % 3))
    hill(sheet, 0.7, 0.03, 1.3, 2.0, tone("86d06f"), tone("4fae5e"))
    rng = np.random.default_rng(3)
    for _ in range(46):
        x, y = rng.uniform(-1.5, 1.5), rng.uniform(0.78, 1.0)
        color = (tone("ffffff"), tone("ffd84d"), tone("ff8fb0"))[rng.integers(3)]
        sheet.circle(x, y, 0.006 + 0.006 * (y - 0.7) * 3, color)


def beach(sheet: Sheet) -> None:
    """Sea, sand, a palm and a parasol."""
    sheet.sky(tone("3fb4ee"), tone("9be0f5"), tone("fff2d6"), bottom=0.6)
    sheet.glow(0.5, 0.16, 0.6, tone("fffce6"), 0.95)
    sheet.circle(0.5, 0.16, 0.075, tone("fffbe0"))
    cloud(sheet, -0.62, 0.13, 0.085)
    cloud(sheet, 1.2, 0.2, 0.085)
    sheet.box(-9, 0.56, 18, 0.3, tone("1c94c9"), tone("6fdcdc"))
    rng = np.random.default_rng(2)
    for _ in range(60):
        y = float(rng.uniform(0.575, 0.74))
        x, long = float(rng.uniform(-1.5, 1.5)), float(rng.uniform(0.02, 0.05)) * (1 + 6 * (y - 0.57))
        sheet.line([(x, y), (x + long, y)], 0.0045, tone("e8ffff"), 0.55)
    sail(sheet, -0.36, 0.565)
    wave = [(x, 0.76 + 0.012 * np.sin(7 * x + 1)) for x in np.linspace(-3, 3, 120)]
    sheet.polygon([*[(x, y - 0.02) for x, y in wave], (3, 1.3), (-3, 1.3)], tone("f4ffff"), alpha=0.9)
    sheet.polygon([*wave, (3, 1.3), (-3, 1.3)], tone("ffe3a6"), tone("f2c178"))
    parasol(sheet, -0.58, 0.5)
    palm(sheet, 0.66, 0.95)


def mountains(sheet: Sheet) -> None:
    """Snowy peaks and firs."""
    sheet.sky(tone("5fb0ea"), tone("bfe3fb"), tone("fdf3ea"), bottom=0.75)
    cloud(sheet, 0.3, 0.13, 0.085)
    cloud(sheet, -0.9, 0.2, 0.085)
    for x, y, half in ((-1.15, 0.3, 0.5), (-0.42, 0.2, 0.56), (0.5, 0.27, 0.52), (1.2, 0.22, 0.55)):
        peak(sheet, x, y, half)
    hill(sheet, 0.7, 0.05, 0.9, 0.0, tone("e9f4ff"), tone("c3dcf2"))
    for k, x in enumerate(np.arange(-1.6, 1.7, 0.19)):
        fir(sheet, float(x), 0.79 + 0.02 * (k % 3), 0.2 + 0.045 * ((k * 5) % 4))
    hill(sheet, 0.8, 0.03, 1.6, 1.1, tone("ffffff"), tone("d4e6f6"))
    rng = np.random.default_rng(8)
    for _ in range(70):
        sheet.circle(
            float(rng.uniform(-1.5, 1.5)), float(rng.uniform(0, 1)), float(rng.uniform(0.003, 0.008)), WHITE, alpha=0.85
        )


def city(sheet: Sheet) -> None:
    """Houses by day."""
    sheet.sky(tone("7cc7f2"), tone("d8f0fb"), tone("fdf4e3"), bottom=0.8)
    cloud(sheet, -0.5, 0.14, 0.09)
    cloud(sheet, 0.75, 0.1, 0.075)
    _houses(sheet, 5, 0.3, tone("b9d3e6"), tone("a2c0d9"), None)
    walls = (tone("f2a97e"), tone("f7d08a"), tone("e98a84"), tone("9cc5b4"), tone("c9b3dd"))
    rng = np.random.default_rng(12)
    x, k = -1.7, 0
    while x < 1.7:
        wide, top = float(rng.uniform(0.22, 0.3)), float(rng.uniform(0.34, 0.5))
        sheet.box(x, top, wide - 0.006, 1, walls[k % 5])
        sheet.box(x - 0.008, top - 0.014, wide + 0.01, 0.028, tone("fff4e2"))
        columns = 3 if wide > 0.25 else 2
        for row in range(4):
            for column in range(columns):
                left = x + wide * (column + 0.5) / columns - 0.025
                sheet.box(left, top + 0.055 + 0.115 * row, 0.05, 0.072, tone("fff4e2"))
                sheet.box(left + 0.007, top + 0.062 + 0.115 * row, 0.036, 0.058, tone("5f87a8"), tone("a9d3e6"))
        x, k = x + wide, k + 1
    sheet.box(-9, 0.86, 18, 0.3, tone("cfc9c4"), tone("b5aeab"))
    sheet.box(-9, 0.845, 18, 0.02, tone("ece6df"))


def city_night(sheet: Sheet) -> None:
    """Lit windows under the moon."""
    sheet.sky(tone("141438"), tone("3b2d72"), tone("a2508f"), tone("ff9d7a"), bottom=0.85)
    rng = np.random.default_rng(6)
    for _ in range(70):
        sheet.circle(
            float(rng.uniform(-1.6, 1.6)),
            float(rng.uniform(0, 0.4)),
            float(rng.uniform(0.0016, 0.0042)),
            WHITE,
            alpha=0.9,
        )
    sheet.glow(-0.2, 0.15, 0.34, tone("fff0d0"), 0.6)
    sheet.circle(-0.2, 0.15, 0.075, tone("fffbe8"), tone("ffe6b8"))
    sheet.circle(-0.22, 0.135, 0.014, tone("f0d7ad"), alpha=0.7)
    sheet.circle(-0.175, 0.17, 0.02, tone("f0d7ad"), alpha=0.7)
    _houses(sheet, 5, 0.34, tone("5c3f8c"), tone("8a4f93"), None)
    _houses(sheet, 11, 0.45, tone("2a2357"), tone("402c6c"), tone("ffd166"))
    _houses(sheet, 23, 0.64, tone("15133a"), tone("1d1846"), tone("ffb347"))


def space(sheet: Sheet) -> None:
    """Stars, a ringed planet, and the ground of a moon."""
    sheet.sky(tone("0b0b2a"), tone("1d1650"), tone("43277e"))
    sheet.glow(-0.5, 0.32, 0.7, tone("7a3fb8"), 0.5)
    sheet.glow(0.7, 0.55, 0.6, tone("2f6fd0"), 0.5)
    rng = np.random.default_rng(7)
    for _ in range(150):
        size = float(rng.choice((0.0018, 0.0028, 0.0045), p=(0.6, 0.3, 0.1)))
        sheet.circle(
            float(rng.uniform(-1.6, 1.6)), float(rng.uniform(0, 0.9)), size, WHITE, alpha=float(rng.uniform(0.5, 1))
        )
    for x, y in ((0.1, 0.1), (-0.3, 0.07), (0.95, 0.36), (-0.95, 0.44)):
        for dx, dy in ((0.02, 0.0), (0.0, 0.02)):
            sheet.line([(x - dx, y - dy), (x + dx, y + dy)], 0.0035, WHITE)
    x, y = 0.66, 0.4
    ring = [(x + 0.235 * np.cos(t), y + 0.055 * np.sin(t) - 0.09 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 90)]
    sheet.line(ring[45:], 0.02, tone("e8c9ff"), 0.9)
    sheet.circle(x, y, 0.125, tone("ffb36b"), tone("e0587f"))
    for k, band in enumerate((-0.05, 0.0, 0.045)):
        half = (0.125**2 - band**2) ** 0.5 * 0.96
        sheet.line([(x - half, y + band + 0.01), (x + half, y + band - 0.01)], 0.012, tone("ffd9a8"), 0.35 + 0.1 * k)
    sheet.line(ring[:46], 0.02, tone("f6e4ff"), 0.95)
    sheet.circle(-0.7, 0.46, 0.07, tone("5cc1f2"), tone("2b6fc4"))
    sheet.circle(-0.722, 0.443, 0.025, tone("8fe39a"), squash=0.7)
    sheet.circle(-0.678, 0.483, 0.02, tone("8fe39a"), squash=0.6)
    hill(sheet, 0.83, 0.02, 0.9, 0.6, tone("b9b4d6"), tone("7f78ab"))
    for x, y, size in (
        (-0.75, 0.9, 0.07),
        (0.62, 0.92, 0.09),
        (0.18, 0.88, 0.035),
        (-0.3, 0.95, 0.05),
        (1.2, 0.9, 0.06),
    ):
        sheet.circle(x, y, size, tone("6d6699"), squash=0.3)
        sheet.circle(x, y + 0.006, size * 0.9, tone("938dbd"), squash=0.27)


WHITE: Color = (255, 255, 255)


def cloud(sheet: Sheet, x: Length, y: Length, size: Length) -> None:
    """A heap of discs with a flat base, lit from above."""
    parts = ((-0.9, 0.0, 0.5), (-0.25, -0.32, 0.68), (0.5, -0.1, 0.58), (1.05, 0.08, 0.4))
    for drop, color in ((0.07, tone("d3ecfa")), (0.0, WHITE)):
        for dx, dy, radius in parts:
            sheet.circle(x + dx * size, y + (dy + drop) * size, radius * size, color)
        sheet.box(x - 1.35 * size, y + (0.02 + drop) * size, 2.75 * size, 0.46 * size, color, radius=0.22 * size)


def hill(sheet: Sheet, y: Length, height: Length, rate: Length, phase: Length, color: Color, bottom: Color) -> None:
    """Rolling ground down to the lower edge."""
    edge = [(x, y - height * np.sin(rate * 3 * x + phase)) for x in np.linspace(-3, 3, 100)]
    sheet.polygon([*edge, (3, 1.2), (-3, 1.2)], color, bottom)


def tree(sheet: Sheet, x: Length, y: Length, size: Length) -> None:
    """A round leafy tree standing at (x, y)."""
    sheet.polygon(
        [
            (x - 0.06 * size, y),
            (x - 0.04 * size, y - size * 0.6),
            (x + 0.04 * size, y - size * 0.6),
            (x + 0.07 * size, y),
        ],
        tone("9a6b4b"),
        tone("7d5238"),
    )
    for dx, dy, radius, color in (
        (0.0, -0.86, 0.4, "4fa65f"),
        (-0.26, -0.66, 0.28, "4fa65f"),
        (0.28, -0.68, 0.28, "4fa65f"),
        (-0.08, -0.94, 0.3, "68bd6c"),
        (0.14, -0.8, 0.2, "68bd6c"),
        (-0.12, -1.02, 0.16, "8ad37f"),
    ):
        sheet.circle(x + dx * size, y + dy * size, radius * size, tone(color))


def fir(sheet: Sheet, x: Length, y: Length, size: Length) -> None:
    """A fir with snow on it."""
    for level in range(3):
        top, half = y - size + 0.24 * size * level, (0.16 + 0.075 * level) * size
        low = top + 0.46 * size
        sheet.polygon([(x, top), (x + half, low), (x - half, low)], tone("3f7f7a"), tone("245a5f"))
        sheet.polygon(
            [
                (x, top),
                (x + half * 0.42, top + 0.18 * size),
                (x, top + 0.13 * size),
                (x - half * 0.42, top + 0.18 * size),
            ],
            WHITE,
        )


def peak(sheet: Sheet, x: Length, y: Length, half: Length) -> None:
    """A mountain, lit from the left, with a cap of snow."""
    foot, high = 0.8, 0.8 - y
    sheet.polygon([(x, y), (x + half, foot), (x - half, foot)], tone("8fb1d6"), tone("bcd3ea"))
    sheet.polygon([(x, y), (x + half, foot), (x + 0.1 * half, foot)], tone("6f93c0"), tone("a6c2e0"))
    t = 0.36
    jag = [
        (x - half * t, y + high * t),
        (x - half * 0.2, y + high * 0.29),
        (x - half * 0.08, y + high * 0.4),
        (x + half * 0.03, y + high * 0.3),
        (x + half * 0.16, y + high * 0.41),
        (x + half * t, y + high * t),
    ]
    sheet.polygon([(x, y), *jag[::-1]], WHITE, tone("e3effa"))


def sail(sheet: Sheet, x: Length, y: Length) -> None:
    """A small boat far out."""
    sheet.polygon([(x, y - 0.1), (x, y - 0.012), (x - 0.05, y - 0.012)], WHITE)
    sheet.polygon([(x + 0.008, y - 0.085), (x + 0.008, y - 0.012), (x + 0.045, y - 0.012)], tone("ff8f6b"))
    sheet.polygon(
        [(x - 0.055, y - 0.008), (x + 0.06, y - 0.008), (x + 0.035, y + 0.014), (x - 0.035, y + 0.014)], tone("7a4b3a")
    )


def parasol(sheet: Sheet, x: Length, y: Length) -> None:
    """Red and white, stuck in the sand."""
    sheet.line([(x + 0.015, y - 0.1), (x - 0.05, 0.98)], 0.014, tone("fff6e8"))
    colors = (tone("ff6b6b"), tone("fff6e8"))
    turn = np.linspace(np.pi, 2 * np.pi, 7)
    for k in range(6):
        near, far = turn[k], turn[k + 1]
        rim = [
            (x + 0.24 * np.cos(t), y + 0.17 * np.sin(t) + 0.02 * abs(np.sin(3 * (t - near))))
            for t in np.linspace(near, far, 6)
        ]
        base = [
            (x + 0.24 * np.cos(t), y + 0.03 * np.sin((t - near) / (far - near) * np.pi))
            for t in np.linspace(far, near, 6)
        ]
        sheet.polygon([(x, y - 0.17), *rim, *base], colors[k % 2])


def palm(sheet: Sheet, x: Length, y: Length) -> None:
    """A leaning palm."""
    t = np.linspace(0, 1, 20)
    stem = np.stack([x + 0.1 * t**2, y - 0.62 * t], 1)
    width = 0.03 - 0.013 * t
    sheet.polygon(
        np.concatenate([stem - np.stack([width, 0 * t], 1), (stem + np.stack([width, 0 * t], 1))[::-1]]),
        tone("b98255"),
        tone("8a5a3c"),
    )
    top = stem[-1]
    for angle, long in ((-170, 0.32), (-140, 0.3), (-100, 0.24), (-60, 0.28), (-20, 0.32), (10, 0.28), (165, 0.27)):
        a = np.radians(angle)
        s = np.linspace(0, 1, 16)
        # Leaves bend down with their own weight.
        spine = np.stack([top[0] + long * s * np.cos(a), top[1] + long * s * np.sin(a) + 0.22 * long * s**2 * 2], 1)
        half = 0.04 * np.sin(np.pi * s**0.7)
        sheet.polygon(
            np.concatenate([spine - np.stack([0 * s, half], 1), (spine + np.stack([0 * s, 0.4 * half], 1))[::-1]]),
            tone("4fb36a"),
            tone("2a8a5a"),
        )
    for dx, dy in ((-0.02, 0.02), (0.025, 0.025)):
        sheet.circle(top[0] + dx, top[1] + dy, 0.022, tone("8a5a3c"))


def _houses(sheet: Sheet, seed: int, top: Length, color: Color, bottom: Color, lit: Color | None) -> None:
    """A row of towers as one silhouette, some windows lit."""
    rng = np.random.default_rng(seed)
    x = -1.8
    while x < 1.8:
        wide, high = float(rng.uniform(0.1, 0.2)), top + float(rng.uniform(-0.12, 0.12))
        sheet.box(x, high, wide + 0.002, 1.2, color, bottom)
        if rng.uniform() < 0.4:
            sheet.box(x + wide * 0.3, high - 0.03, wide * 0.4, 0.05, color)
            sheet.line([(x + wide / 2, high - 0.08), (x + wide / 2, high)], 0.005, color)
        if lit is not None:
            columns = max(2, round(wide / 0.036))
            for row in range(12):
                for column in range(columns):
                    if rng.uniform() < 0.42:
                        left = x + wide * (column + 0.5) / columns - 0.008
                        sheet.box(left, high + 0.03 + 0.045 * row, 0.016, 0.024, lit, alpha=float(rng.uniform(0.55, 1)))
        x += wide
