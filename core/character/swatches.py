"""Colours to choose from that suit the primary style, each with a name."""

from collections.abc import Mapping

HAIR: Mapping[str, str] = {
    "black": "#26211f",
    "espresso": "#3a2a22",
    "brown": "#5a3d2b",
    "chestnut": "#7a4a2e",
    "auburn": "#8c3f26",
    "ginger": "#c4642d",
    "dark blond": "#a5794a",
    "blond": "#d9ae6b",
    "platinum": "#dccba6",
    "grey": "#808085",
    "silver": "#b6b8be",
    "pink": "#e884ac",
    "blue": "#3f7fc4",
    "purple": "#8257b5",
    "green": "#4f9a68",
}
"""Of hair, brows and beards."""

EYES: Mapping[str, str] = {
    "dark brown": "#5c3a22",
    "brown": "#7d5230",
    "amber": "#ae7a35",
    "hazel": "#8c7a3e",
    "green": "#5f8f55",
    "teal": "#3f8d8d",
    "blue": "#4b86bf",
    "light blue": "#7fb0d6",
    "grey": "#7f8d98",
    "violet": "#8068b8",
}

SKIN: Mapping[str, str] = {
    "porcelain": "#edcab6",
    "fair": "#e6bc9f",
    "peach": "#dcaa88",
    "golden": "#cf9a70",
    "tan": "#bd845a",
    "bronze": "#a66d48",
    "brown": "#8b5839",
    "umber": "#70462f",
    "deep": "#5a3828",
}

LIPS: Mapping[str, str] = {
    "nude": "#c98d78",
    "rose": "#d0747a",
    "coral": "#e0705c",
    "pink": "#e0688e",
    "red": "#c42f3b",
    "berry": "#982f55",
    "plum": "#6f3048",
    "brown": "#8a4b3c",
}

SHADOWS: Mapping[str, str] = {
    "mauve": "#80525c",
    "brown": "#6b4532",
    "smoke": "#4a4650",
    "gold": "#b98a3e",
    "rose": "#c0687a",
    "violet": "#7450a0",
    "blue": "#4470b0",
    "green": "#4a8468",
}
"""On the upper lids."""

THINGS: Mapping[str, str] = {
    "black": "#2b2a2e",
    "grey": "#85868c",
    "white": "#f1f0ec",
    "cream": "#e6d3ae",
    "brown": "#7b5236",
    "tortoise": "#5b3622",
    "red": "#c7373d",
    "orange": "#e07b32",
    "yellow": "#ecc04a",
    "green": "#4c9260",
    "teal": "#2f8c8c",
    "blue": "#3b6fb5",
    "navy": "#2b3a63",
    "purple": "#7450a8",
    "pink": "#e58ba8",
}
"""Of clothes, headwear and frames."""

METALS: Mapping[str, str] = {
    "gold": "#d9a93f",
    "silver": "#c9ccd2",
    "rose gold": "#d59a86",
    "black": "#2b2a2e",
    "pearl": "#efe9df",
    "red": "#c7373d",
    "turquoise": "#37a5a5",
}
"""Of earrings."""
