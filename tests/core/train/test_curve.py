from pathlib import Path

import numpy as np
from PIL import Image

from core.train.curve import draw_curve

HEAD = "step,minutes,term,value\n"


def test_every_term_has_a_line(tmp_path: Path) -> None:
    steps = range(1, 30)
    lines = [f"{k},{k / 10:.3f},{name},{v / k:.6f}\n" for k in steps for name, v in (("pixels", 1.0), ("depth", 0.01))]
    (tmp_path / "log.csv").write_text(HEAD + "".join(lines))
    draw_curve(tmp_path / "log.csv", tmp_path / "curve.png")
    picture = np.asarray(Image.open(tmp_path / "curve.png")).astype(int)
    heights = []
    for color in ((0x2B, 0x5F, 0xD9), (0xD9, 0x63, 0x2B)):
        rows, columns = np.nonzero((picture[44:-44] == color).all(2))
        assert columns.max() - columns.min() > 500, "from the first to the last minute"
        assert rows[columns.argmin()] < rows[columns.argmax()], "it falls"
        heights.append(rows.mean())
    assert heights[0] < heights[1], "the smaller term lies below"


def test_too_little_gives_no_picture(tmp_path: Path) -> None:
    draw_curve(tmp_path / "none.csv", tmp_path / "curve.png")
    (tmp_path / "log.csv").write_text(HEAD + "1,0.1,pixels,0.5\n")
    draw_curve(tmp_path / "log.csv", tmp_path / "curve.png")
    assert not (tmp_path / "curve.png").exists()


def test_strange_values_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(HEAD + "1,0.0,pixels,0\n2,0.0,pixels,nan\n3,0.0,late,1\n")
    draw_curve(tmp_path / "log.csv", tmp_path / "curve.png")
    assert Image.open(tmp_path / "curve.png").size == (760, 420)
