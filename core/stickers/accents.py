"""What is drawn beside a face, by name."""

from collections.abc import Callable, Mapping

from core.stickers import feelings, things
from core.stickers.ink import Shape

ACCENTS: Mapping[str, Callable[[], list[Shape]]] = {
    "anger": feelings.anger,
    "blush": feelings.blush,
    "broken heart": feelings.broken_heart,
    "bulb": things.bulb,
    **{f"confetti {number}": (lambda number=number: things.confetti(number)) for number in range(20)},
    "crown": things.crown,
    "drop": feelings.drop,
    "exclamation": feelings.exclamation,
    "gritted teeth": feelings.gritted_teeth,
    "halo": things.halo,
    "heart": feelings.heart,
    "horn": things.horn,
    "kiss": feelings.kiss,
    "note": things.note,
    "party hat": things.party_hat,
    "puff": feelings.puff,
    "question": feelings.question,
    "rain": things.rain,
    "rays": feelings.rays,
    "snooze": feelings.snooze,
    "snowflake": things.snowflake,
    "sparkle": things.sparkle,
    "speech": feelings.speech,
    "speech heart": feelings.speech_heart,
    "spiral": feelings.spiral,
    "star": things.star_shape,
    "stream": feelings.stream,
    "sunglasses": things.sunglasses,
    "thought": feelings.thought,
    "waving hand": things.waving_hand,
}
"""Every accent by name; a call gives its shapes in the box."""
