"""Stickers of good mood."""

import numpy as np

from core.avatar.posture import Posture
from core.stickers.pose import GRIN, NOD, SHUT, SMILE, STARE, SWAY, UP, WIDE, WORRY, Accent, Motion, Pose, both, rising


def _confetti() -> tuple[Accent, ...]:
    """Pieces all round the upper half of the head, evenly spread and irregular."""
    rng = np.random.default_rng(5)
    pieces = []
    for k in range(12):
        pieces.append(
            Accent(
                f"confetti {k}",
                "rim",
                float(rng.uniform(0.95, 1.25)),
                bearing_deg=-128.0 + 256.0 * k / 11 + float(rng.uniform(-5, 5)),
                out_cm=float((1.2, 3.0)[k % 2] + rng.uniform(-0.3, 0.3)),
                turn_deg=float(rng.uniform(0, 360)),
                drift_cm=(float(rng.uniform(-0.6, 0.6)), 3.4),
                start=float(rng.uniform(0, 1)),
                swing_deg=50.0,
                behind=True,
            )
        )
    return tuple(pieces)


MERRY: tuple[Pose, ...] = (
    Pose(
        "laugh",
        "😂",
        {**SMILE, **SHUT, "jawOpen": 0.75, **both("browUp", 0.4)},
        Posture(pitch_deg=7.0, roll_deg=-9.0),
        (
            Accent("drop", "eye left", 2.0, 3.9, 0.7, turn_deg=-50.0, worn=True, drift_cm=(0.9, 0.9)),
            Accent("drop", "eye right", 2.0, -3.9, 0.7, turn_deg=50.0, worn=True, drift_cm=(-0.9, 0.9), start=0.5),
        ),
        motion=Motion({"jawOpen": 0.45}, Posture(pitch_deg=3.5), 3),
    ),
    Pose(
        "happy",
        "😄",
        {**GRIN, "jawOpen": 0.42, **both("browUp", 0.5)},
        Posture(roll_deg=7.0),
        (Accent("blush", "cheek left", 1.6, worn=True), Accent("blush", "cheek right", 1.6, worn=True)),
        motion=SWAY,
    ),
    Pose(
        "love",
        "😍",
        {**GRIN, **SHUT, **both("browUp", 0.6)},
        Posture(roll_deg=-7.0),
        (
            Accent("heart", "eye left", 2.35, 0.0, 0.1, worn=True, pulse=0.14),
            Accent("heart", "eye right", 2.35, 0.0, 0.1, worn=True, pulse=0.14),
            *rising("heart", ((46.0, 1.9, 2.0), (-50.0, 1.6, 1.45)), (0.0, -2.6), swing_deg=8.0),
        ),
        motion=SWAY,
    ),
    Pose(
        "kiss",
        "😘",
        {"lipsPucker": 1.0, "eyeBlinkLeft": 1.0, **both("browUp", 0.45)},
        Posture(yaw_deg=10.0, roll_deg=9.0),
        (
            Accent("heart", "mouth", 2.4, 5.6, -0.6, turn_deg=14.0, drift_cm=(3.0, -2.4), pulse=0.06),
            Accent("heart", "mouth", 1.2, 9.2, -4.4, turn_deg=-6.0, drift_cm=(1.5, -2.4), start=0.5),
            Accent("blush", "cheek right", 1.5, worn=True),
        ),
        distance_cm=60.0,
        motion=Motion({"lipsPucker": 0.5}, Posture(pitch_deg=2.5)),
    ),
    Pose(
        "wink",
        "😉",
        {
            "eyeBlinkRight": 1.0,
            "eyeBlinkLeft": -0.3,
            "mouthSmileLeft": 1.2,
            "mouthSmileRight": 0.9,
            "browUpLeft": 1.1,
            "browDownRight": 0.4,
            "jawOpen": 0.3,
        },
        Posture(roll_deg=-10.0, yaw_deg=-5.0, gaze_yaw_deg=6.0),
        (Accent("sparkle", "eye right", 2.4, -3.6, -2.4, worn=True, pulse=0.25, swing_deg=10.0),),
        motion=Motion({"eyeBlinkRight": 0.0}, Posture(roll_deg=2.0)),
    ),
    Pose(
        "cool",
        "😎",
        {"mouthSmileLeft": 0.9, "mouthSmileRight": 0.5, "browUpLeft": 0.7},
        Posture(roll_deg=6.0, pitch_deg=5.0),
        (
            Accent("sunglasses", "eyes", 7.4, 0.0, 0.1, worn=True, bordered=False),
            Accent("sparkle", "eye left", 2.1, 3.6, -2.1, worn=True, pulse=0.4, swing_deg=15.0),
        ),
        hides=("glasses",),
        motion=NOD,
    ),
    Pose(
        "shy",
        "☺️",
        {**both("mouthSmile", 0.75), "lipsPucker": 0.15, **both("browUp", 0.6), **both("eyeBlink", 0.2)},
        Posture(pitch_deg=-9.0, roll_deg=9.0, yaw_deg=-6.0, gaze_yaw_deg=-16.0, gaze_pitch_deg=-8.0),
        (
            Accent("blush", "cheek left", 1.9, worn=True),
            Accent("blush", "cheek right", 1.9, worn=True),
            *rising("heart", ((40.0, 1.8, 1.7), (62.0, 1.3, 1.15)), (0.0, -1.8)),
        ),
        motion=SWAY,
    ),
    Pose(
        "star-struck",
        "🤩",
        {**SMILE, **SHUT, "jawOpen": 0.5, **UP},
        Posture(pitch_deg=3.0),
        (
            Accent("star", "eye left", 2.7, worn=True, pulse=0.12, swing_deg=9.0),
            Accent("star", "eye right", 2.7, worn=True, pulse=0.12, swing_deg=9.0),
            Accent("sparkle", "rim", 2.0, bearing_deg=48.0, out_cm=1.5, pulse=0.3),
            Accent("sparkle", "rim", 1.6, bearing_deg=-44.0, out_cm=1.6, pulse=0.3, start=0.5),
        ),
        motion=Motion({"jawOpen": 0.35}, Posture(roll_deg=4.0)),
    ),
    Pose(
        "party",
        "🥳",
        {**SMILE, "jawOpen": 0.4, "eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0, **both("browUp", 0.7)},
        Posture(roll_deg=10.0, pitch_deg=3.0),
        (*_confetti(), Accent("party hat", "crown", 3.8, 0.0, -1.1, worn=True)),
        motion=Motion({"jawOpen": 0.2}, Posture(roll_deg=6.0), 2),
    ),
    Pose(
        "music",
        "🎶",
        {**both("mouthSmile", 0.9), **SHUT, **both("browUp", 0.4)},
        Posture(roll_deg=-11.0),
        rising("note", ((48.0, 2.2, 2.5), (-48.0, 1.9, 2.0), (76.0, 1.7, 1.5)), (0.6, -2.2), swing_deg=14.0),
        motion=Motion({"jawOpen": 0.2}, Posture(roll_deg=7.0), 2),
    ),
    Pose(
        "royal",
        "👑",
        {**both("mouthSmile", 0.75), **both("browUp", 0.55), **both("eyeBlink", 0.18)},
        Posture(pitch_deg=7.0, yaw_deg=-8.0, gaze_yaw_deg=8.0),
        (
            Accent("crown", "crown", 4.6, 0.0, 0.6, worn=True),
            *(
                Accent("sparkle", "rim", size, bearing_deg=bearing, out_cm=1.6, pulse=0.35, start=start)
                for bearing, size, start in ((56.0, 1.9, 0.0), (-56.0, 1.5, 0.5))
            ),
        ),
        motion=NOD,
    ),
    Pose(
        "angel",
        "😇",
        {**both("mouthSmile", 0.9), **WORRY, **both("eyeBlink", 0.1)},
        Posture(roll_deg=-6.0, gaze_pitch_deg=14.0),
        (
            Accent("halo", "crown", 5.2, 0.0, -0.3, worn=True, swing_deg=3.0),
            Accent("blush", "cheek left", 1.6, worn=True),
            Accent("blush", "cheek right", 1.6, worn=True),
        ),
        motion=SWAY,
    ),
    Pose(
        "idea",
        "💡",
        {**GRIN, **UP, **STARE, "jawOpen": 0.45},
        Posture(roll_deg=-4.0, gaze_pitch_deg=12.0, pitch_deg=3.0),
        (Accent("bulb", "rim", 3.4, bearing_deg=40.0, out_cm=2.2, turn_deg=12.0, pulse=0.08),),
        motion=NOD,
    ),
    Pose(
        "phew",
        "😅",
        {**both("mouthSmile", 0.9), **WIDE, "jawOpen": 0.25, **WORRY, **both("eyeBlink", 0.95)},
        Posture(roll_deg=8.0, pitch_deg=2.0),
        (Accent("drop", "brow", 2.2, -5.0, -1.8, turn_deg=14.0, worn=True, drift_cm=(0.0, 2.6)),),
        motion=NOD,
    ),
    Pose(
        "hello",
        "👋",
        {**GRIN, "jawOpen": 0.38, **both("browUp", 0.7)},
        Posture(roll_deg=-9.0, yaw_deg=6.0),
        (Accent("waving hand", "rim", 4.4, bearing_deg=64.0, out_cm=2.4, turn_deg=10.0, swing_deg=16.0),),
        motion=Motion({"jawOpen": 0.05}, Posture(roll_deg=4.0), 2),
    ),
    Pose(
        "talk",
        "💬",
        {**both("mouthSmile", 0.35), "jawOpen": 0.5, "lipsPucker": 0.3, "browUpRight": 0.7, "browUpLeft": 0.4},
        Posture(yaw_deg=10.0, roll_deg=4.0),
        (Accent("speech", "rim", 4.2, bearing_deg=48.0, out_cm=2.6, swing_deg=3.0, pulse=0.05),),
        motion=Motion({"jawOpen": 0.05}, Posture(pitch_deg=2.0), 3),
    ),
)
"""In the order of a pack."""
