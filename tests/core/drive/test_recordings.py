from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.avatar.posture import Posture
from core.drive.csv_recordings import signals_from_csv
from core.drive.recordings import read_recording, save_recording, signals_from_json
from core.drive.signal import Signal
from core.drive.timecode import seconds_of
from core.errors import InvalidRequest
from core.expressions import SHAPES

HEADER = "Timecode,BlendShapeCount,EyeBlinkLeft,EyeBlinkRight,JawOpen,MouthSmileLeft,BrowInnerUp,TongueOut"
LIVE_LINK = f"""{HEADER},HeadYaw,HeadPitch,HeadRoll
10:59:59:58.500,61,0.1,0.2,0.30,0.0,0.5,0.0,0.5236,-0.1745,0.0873
10:59:59:59.500,61,0.2,0.2,0.31,0.0,0.5,0.0,0.5236,-0.1745,0.0873
11:00:00:00.500,61,0.9,0.2,0.32,0.0,0.5,0.0,0.5236,-0.1745,0.0873
"""


def weight(signal: Signal, shape: str) -> float:
    return float(signal.weights[SHAPES.index(shape)])


def test_a_table_of_live_link_face_is_read():
    signals = signals_from_csv(LIVE_LINK)
    assert [signal.time_s for signal in signals] == pytest.approx([0, 1 / 60, 2 / 60], abs=1e-6)
    assert weight(signals[2], "eyeBlinkLeft") == pytest.approx(0.9)
    assert weight(signals[0], "browUpLeft") == pytest.approx(0.5)
    posture = signals[0].posture
    assert (posture.yaw_deg, posture.pitch_deg, posture.roll_deg) == pytest.approx((-30, -10, -5), abs=0.01)


def test_degrees_are_told_from_radians():
    posture = signals_from_csv(LIVE_LINK.replace("0.5236", "30"))[0].posture
    assert posture.yaw_deg == -30


def test_a_table_of_arkits_names_is_read():
    signals = signals_from_csv("\ufefftime,jawOpen,mouthPucker,unknown\n5.0,0.25,1.5,9\n5.5,,0.5,9\n".lstrip("\ufeff"))
    assert [signal.time_s for signal in signals] == [0.0, 0.5]
    assert (weight(signals[0], "jawOpen"), weight(signals[0], "lipsPucker")) == (0.25, 1.0)
    assert weight(signals[1], "jawOpen") == 0 and signals[0].posture is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no line"),
        ("jawOpen\n", "no line"),
        ("a,b\n1,2\n", "no columns"),
        ("jawOpen\nnan\n", "Line 2"),
        ("jawOpen\n0.5\nhello\n", "Line 3"),
        ("jawOpen\n0.5,1\n", "Line 2"),
        ("time,jawOpen\n1,0\n0.5,0\n", "backwards"),
        ("jawOpen\n" + '"' + "x" * 200_000 + "\n", "no table"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(text, words):
    with pytest.raises(InvalidRequest, match=words):
        signals_from_csv(text)


@given(st.text(max_size=300) | st.text("jawOpen,time\n0123456789.-", max_size=200).map("jawOpen,time\n".__add__))
def test_no_table_breaks_it(text):
    with suppress(InvalidRequest):
        assert all(signal.weights.min() >= 0 and signal.weights.max() <= 1 for signal in signals_from_csv(text))


ANGLE = st.floats(-60, 60).map(lambda angle: round(angle, 2))
POSTURES = st.none() | st.builds(Posture, ANGLE, ANGLE, ANGLE, ANGLE, ANGLE)
WEIGHTS = st.lists(st.integers(0, 10_000), min_size=16, max_size=16).map(lambda w: np.array(w, np.float32) / 10_000)


@pytest.mark.parametrize("suffix", [".json", ".csv"])
@given(frames=st.lists(st.tuples(WEIGHTS, POSTURES), min_size=1, max_size=5))
def test_what_was_recorded_is_read_back(tmp_path_factory, suffix, frames):
    signals = [Signal(number / 25, weights, posture) for number, (weights, posture) in enumerate(frames)]
    path = tmp_path_factory.mktemp("recording") / f"r{suffix}"
    save_recording(signals, path)
    back = read_recording(path)
    assert [signal.time_s for signal in back] == pytest.approx([signal.time_s for signal in signals])
    for signal, other in zip(signals, back, strict=True):
        np.testing.assert_allclose(signal.weights, other.weights, atol=1e-6)
        assert signal.posture == other.posture


HEAD = '{"kind": "snapmoji recording", "version": 1, "shapes": ["jawOpen", "jawLeft"], "frames": '


def test_shapes_may_come_in_any_order():
    (signal,) = signals_from_json(HEAD + '[{"time_s": 3, "weights": [0.5, 1]}]}')
    assert (weight(signal, "jawOpen"), weight(signal, "jawLeft"), signal.time_s) == (0.5, 1.0, 0.0)


@pytest.mark.parametrize(
    "frames",
    [
        "[]",
        "7",
        '[{"time_s": 0}]',
        '[{"time_s": NaN, "weights": [0, 0]}]',
        '[{"time_s": 0, "weights": [0]}]',
        '[{"time_s": 0, "weights": [0, 1.5]}]',
        '[{"time_s": 0, "weights": [0, true]}]',
        '[{"time_s": 1e999, "weights": [0, 0]}]',
        '[{"time_s": 0, "weights": [0, 0], "turns_deg": [1]}]',
        '[{"time_s": 1, "weights": [0, 0]}, {"time_s": 0, "weights": [0, 0]}]',
        "[" * 100_000,
    ],
)
def test_damaged_json_is_refused(frames):
    with pytest.raises(InvalidRequest):
        signals_from_json(HEAD + frames + "}")


@pytest.mark.parametrize("name", ["absent.json", "binary.csv", "foreign.json"])
def test_files_that_are_no_recordings_are_refused(tmp_path: Path, name):
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "foreign.json").write_text('{"kind": "something else"}')
    with pytest.raises(InvalidRequest):
        read_recording(tmp_path / name)


def test_frames_count_by_the_rate_that_holds_them():
    codes = [f"01:00:{second:02}:{frame:02}" for second in range(3) for frame in range(25)]
    assert seconds_of(codes) == pytest.approx(np.arange(75) / 25)


def test_a_recording_may_pass_midnight():
    assert seconds_of(["23:59:59:30", "00:00:00:00"]) == pytest.approx([0, 0.5])


@pytest.mark.parametrize("codes", [[], ["1.5"], ["00:00:00:00", "later"]])
def test_what_is_no_timecode_is_none(codes):
    assert seconds_of(codes) is None
