import pytest

from app.theme import snapmoji_theme

PAIRS = [
    ("body_text_color", "body_background_fill"),
    ("body_text_color", "background_fill_secondary"),
    ("body_text_color_subdued", "body_background_fill"),
    ("body_text_color_subdued", "background_fill_secondary"),
    ("block_title_text_color", "block_background_fill"),
    ("block_label_text_color", "block_background_fill"),
    ("input_placeholder_color", "input_background_fill"),
    ("slider_color", "body_background_fill"),
    ("button_primary_text_color", "button_primary_background_fill"),
    ("button_primary_text_color", "button_primary_background_fill_hover"),
    ("button_secondary_text_color", "button_secondary_background_fill"),
    ("button_secondary_text_color", "button_secondary_background_fill_hover"),
]
AA = 4.5


def luminance(color: str) -> float:
    color = {"white": "#ffffff"}.get(color, color)
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", ["", "_dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground_light_and_dark(look, text, ground):
    theme = snapmoji_theme()
    # Without a colour of its own for the dark look, the light one is used.
    color, behind = (getattr(theme, name + look, None) or getattr(theme, name) for name in (text, ground))
    assert contrast(color, behind) >= AA, (color, behind)
