"""Stickers of all other moods."""

from core.avatar.posture import Posture
from core.stickers.pose import DOWN, FROWN, NOD, SHUT, STARE, SWAY, UP, WIDE, WORRY, Accent, Motion, Pose, both, rising

MOODY: tuple[Pose, ...] = (
    Pose(
        "devil",
        "😈",
        {**both("browDown", 1.2), **both("mouthSmile", 1.3), "jawOpen": 0.2, **both("eyeBlink", 0.1)},
        Posture(pitch_deg=-8.0, roll_deg=-5.0, gaze_pitch_deg=8.0),
        (
            Accent("horn", "rim", 2.6, bearing_deg=-33.0, out_cm=1.3, turn_deg=-10.0, behind=True),
            Accent("horn", "rim", 2.6, bearing_deg=33.0, out_cm=1.3, turn_deg=10.0, flip=True, behind=True),
        ),
        motion=Motion({"browDownLeft": 0.4, "browDownRight": 0.4}, Posture(roll_deg=3.0)),
    ),
    Pose(
        "smirk",
        "😏",
        {"mouthSmileLeft": 1.4, "browUpLeft": 1.3, "browDownRight": 0.8, **both("eyeBlink", 0.3), "jawLeft": 0.2},
        Posture(yaw_deg=-14.0, roll_deg=-5.0, gaze_yaw_deg=24.0),
        motion=Motion({"browUpLeft": 0.4}, Posture(yaw_deg=2.0)),
    ),
    Pose(
        "sad",
        "😢",
        {**FROWN, **UP, **both("eyeBlink", 0.25)},
        Posture(pitch_deg=-9.0, roll_deg=7.0, gaze_pitch_deg=-6.0),
        (Accent("drop", "eye left", 1.9, 0.7, 3.3, worn=True, drift_cm=(0.0, 3.2)),),
        motion=Motion({"browUpLeft": 0.6, "browUpRight": 0.6}, Posture(pitch_deg=2.0)),
    ),
    Pose(
        "cry",
        "😭",
        {**both("mouthFrown", 0.75), **both("mouthStretch", 0.6), **UP, **SHUT, "jawOpen": 0.85},
        Posture(pitch_deg=6.0),
        (
            Accent("stream", "eye left", 3.3, 0.5, 3.0, worn=True, bordered=False),
            Accent("stream", "eye right", 3.3, -0.5, 3.0, flip=True, worn=True, bordered=False),
            Accent("drop", "eye left", 1.0, 1.6, 6.6, drift_cm=(2.2, 0.8), turn_deg=-60.0, start=0.2),
            Accent("drop", "eye right", 1.0, -1.6, 6.6, drift_cm=(-2.2, 0.8), turn_deg=60.0, start=0.7),
        ),
        motion=Motion({"jawOpen": 0.5}, Posture(roll_deg=3.5), 2),
    ),
    Pose(
        "broken",
        "💔",
        {**FROWN, **both("browUp", 1.1), **both("eyeBlink", 0.4)},
        Posture(pitch_deg=-8.0, roll_deg=-10.0, gaze_yaw_deg=-6.0, gaze_pitch_deg=-10.0),
        (Accent("broken heart", "rim", 3.4, bearing_deg=48.0, out_cm=1.7, turn_deg=10.0, swing_deg=6.0, pulse=0.06),),
        motion=NOD,
    ),
    Pose(
        "gloomy",
        "😞",
        {**FROWN, **both("browUp", 0.9), **both("eyeBlink", 0.6)},
        Posture(pitch_deg=-10.0, gaze_pitch_deg=-10.0),
        (Accent("rain", "crown", 4.8, 0.0, -0.3, swing_deg=2.0),),
        motion=NOD,
    ),
    Pose(
        "angry",
        "😠",
        {**DOWN, **FROWN, **both("mouthStretch", 0.6)},
        Posture(pitch_deg=-8.0),
        (
            Accent("puff", "eyes", 2.5, 10.2, 0.2, turn_deg=-16.0, drift_cm=(1.6, -0.6)),
            Accent("puff", "eyes", 2.5, -10.2, 0.2, turn_deg=16.0, flip=True, drift_cm=(-1.6, -0.6)),
            Accent("anger", "rim", 2.2, bearing_deg=38.0, out_cm=0.2, pulse=0.16),
        ),
        distance_cm=60.0,
        tint=(1.0, 0.3, 0.22, 0.2),
        motion=Motion({}, Posture(roll_deg=1.8), 4),
    ),
    Pose(
        "shout",
        "🤬",
        {**DOWN, **both("mouthStretch", 0.7), **both("mouthFrown", 0.3), "jawOpen": 1.0, **both("eyeBlink", 0.1)},
        Posture(pitch_deg=5.0, roll_deg=5.0),
        (
            Accent("anger", "rim", 2.4, bearing_deg=-40.0, out_cm=0.2, pulse=0.16),
            Accent("exclamation", "rim", 2.9, bearing_deg=50.0, out_cm=1.9, turn_deg=16.0, swing_deg=8.0),
        ),
        distance_cm=50.0,
        tint=(1.0, 0.27, 0.2, 0.26),
        motion=Motion({"jawOpen": 0.6}, Posture(roll_deg=2.5), 4),
    ),
    Pose(
        "shock",
        "😱",
        {**UP, **both("eyeBlink", -0.4), "jawOpen": 1.1, "lipsPucker": 0.5},
        Posture(pitch_deg=3.0),
        (
            Accent("rays", "rim", 2.5, bearing_deg=-42.0, out_cm=1.7, turn_deg=-42.0, pulse=0.2),
            Accent("rays", "rim", 2.5, bearing_deg=42.0, out_cm=1.7, turn_deg=42.0, pulse=0.2),
            Accent("drop", "brow", 1.6, 5.6, -1.6, turn_deg=-16.0, worn=True, drift_cm=(0.0, 2.0)),
        ),
        distance_cm=48.0,
        tint=(0.5, 0.68, 1.0, 0.42),
        motion=Motion({"jawOpen": 0.7}, Posture(roll_deg=1.5), 4),
    ),
    Pose(
        "surprised",
        "😮",
        {**both("browUp", 1.2), **STARE, "jawOpen": 0.6, "lipsPucker": 0.8},
        Posture(roll_deg=4.0, pitch_deg=2.0),
        (Accent("exclamation", "rim", 3.0, bearing_deg=46.0, out_cm=1.8, turn_deg=12.0, swing_deg=8.0, pulse=0.1),),
        distance_cm=60.0,
        motion=Motion({"browUpLeft": 0.5, "browUpRight": 0.5}, Posture(pitch_deg=2.0)),
    ),
    Pose(
        "think",
        "🤔",
        {"browUpLeft": 1.3, "browDownRight": 0.9, "mouthFrownLeft": 0.5, "lipsPucker": 0.4, "jawRight": 0.45},
        Posture(roll_deg=-8.0, yaw_deg=8.0, gaze_yaw_deg=14.0, gaze_pitch_deg=19.0),
        (Accent("thought", "rim", 4.3, bearing_deg=45.0, out_cm=2.6, swing_deg=2.0, pulse=0.04),),
        motion=Motion({"jawRight": 0.0, "jawLeft": 0.3}, Posture(roll_deg=2.0)),
    ),
    Pose(
        "confused",
        "😕",
        {"browUpRight": 1.3, "browDownLeft": 0.7, "mouthFrownRight": 1.2, "mouthStretchLeft": 0.8, "jawLeft": 0.3},
        Posture(roll_deg=13.0, gaze_yaw_deg=-6.0),
        (
            Accent("question", "rim", 3.0, bearing_deg=-36.0, out_cm=1.9, turn_deg=-12.0, swing_deg=10.0),
            Accent("question", "rim", 2.0, bearing_deg=-66.0, out_cm=1.5, turn_deg=-26.0, swing_deg=10.0, start=0.4),
        ),
        motion=SWAY,
    ),
    Pose(
        "nervous",
        "😬",
        {**WIDE, **WORRY, "jawOpen": 0.16, **both("mouthFrown", 0.25)},
        Posture(gaze_yaw_deg=-22.0, yaw_deg=7.0),
        (
            Accent("drop", "brow", 1.8, 5.5, -1.8, turn_deg=-14.0, worn=True, drift_cm=(0.0, 2.0)),
            Accent("drop", "brow", 1.4, -5.8, -1.0, turn_deg=14.0, worn=True, drift_cm=(0.0, 2.0), start=0.5),
        ),
        motion=Motion({}, Posture(roll_deg=0.9, gaze_yaw_deg=6.0), 5),
    ),
    Pose(
        "eye-roll",
        "🙄",
        {
            "mouthFrownLeft": 0.5,
            "mouthFrownRight": 0.3,
            **both("browUp", 0.6),
            **both("eyeBlink", 0.2),
            "mouthStretchLeft": 0.3,
        },
        Posture(roll_deg=8.0, yaw_deg=-7.0, gaze_yaw_deg=8.0, gaze_pitch_deg=23.0),
        motion=Motion({}, Posture(gaze_yaw_deg=16.0, roll_deg=2.0)),
    ),
    Pose(
        "sleepy",
        "😴",
        {**SHUT, "jawOpen": 0.28, **both("browUp", 0.15)},
        Posture(roll_deg=15.0, pitch_deg=-7.0),
        (
            *rising("snooze", ((-14.0, 0.9, 1.3), (-34.0, 2.2, 1.9), (-51.0, 4.0, 2.6)), (-0.8, -1.6), swing_deg=8.0),
            Accent("drop", "mouth", 0.95, -2.0, 1.5, pulse=0.15),
        ),
        motion=Motion({"jawOpen": 0.12}, Posture(pitch_deg=2.5)),
    ),
    Pose(
        "dizzy",
        "😵‍💫",
        {"jawOpen": 0.4, "jawRight": 0.5, "mouthFrownLeft": 0.7, **WORRY},
        Posture(roll_deg=11.0),
        (
            Accent("spiral", "eye left", 2.1, worn=True, swing_deg=40.0),
            Accent("spiral", "eye right", 2.1, flip=True, worn=True, swing_deg=40.0),
            *(
                Accent(
                    "star",
                    "rim",
                    size,
                    bearing_deg=bearing,
                    out_cm=out,
                    drift_cm=(2.4, 0.0),
                    start=start,
                    turn_deg=turn,
                )
                for bearing, out, size, start, turn in (
                    (-32.0, 0.9, 1.8, 0.0, -14.0),
                    (4.0, 1.2, 2.1, 0.33, 8.0),
                    (38.0, 0.9, 1.7, 0.67, 20.0),
                )
            ),
        ),
        motion=Motion({"jawRight": 0.0, "jawLeft": 0.5}, Posture(roll_deg=7.0)),
    ),
    Pose(
        "cold",
        "🥶",
        {**WIDE, "jawOpen": 0.2, **WORRY, **both("eyeBlink", 0.3)},
        Posture(pitch_deg=-5.0),
        tuple(
            Accent(
                "snowflake",
                "rim",
                size,
                bearing_deg=bearing,
                out_cm=out,
                drift_cm=(0.4, 3.0),
                start=start,
                turn_deg=turn,
            )
            for bearing, out, size, start, turn in (
                (-46.0, 0.9, 2.0, 0.0, 10.0),
                (44.0, 1.2, 2.2, 0.4, -12.0),
                (80.0, 0.4, 1.5, 0.7, 20.0),
                (-84.0, 0.2, 1.4, 0.2, 0.0),
            )
        ),
        tint=(0.4, 0.7, 1.0, 0.5),
        motion=Motion({}, Posture(roll_deg=1.2), 6),
    ),
    Pose(
        "sick",
        "🤢",
        {
            **both("mouthFrown", 0.9),
            **both("mouthStretch", 0.5),
            "browUpLeft": 0.6,
            "browDownRight": 0.5,
            **both("eyeBlink", 0.38),
        },
        Posture(roll_deg=-6.0, pitch_deg=-6.0, gaze_pitch_deg=-6.0),
        (Accent("drop", "brow", 1.7, 5.5, -1.5, turn_deg=-14.0, worn=True, drift_cm=(0.0, 2.0)),),
        tint=(0.55, 0.9, 0.35, 0.4),
        motion=Motion({"lipsPucker": 0.5}, Posture(roll_deg=3.0)),
    ),
)
"""In the order of a pack."""
