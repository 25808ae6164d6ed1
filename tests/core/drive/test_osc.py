import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drive.osc import BadPacket, Message, messages_in
from tests.core.drive.packets import bundle, osc, osc_text

TEXTS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)), max_size=20)
ARGUMENTS = st.lists(TEXTS | st.integers(-(2**31), 2**31 - 1) | st.floats(width=32, allow_nan=False), max_size=6)


@given(TEXTS.map("/".__add__), ARGUMENTS)
def test_a_message_is_read_as_it_was_written(address, arguments):
    assert messages_in(osc(address, *arguments)) == [Message(address, tuple(arguments))]


def test_the_specifications_example():
    # Open Sound Control 1.0: /foo with 1000, -1, "hello", 1.234, 5.678.
    packet = (
        b"/foo\0\0\0\0,iisff\0\0" + struct.pack(">ii", 1000, -1) + b"hello\0\0\0" + struct.pack(">ff", 1.234, 5.678)
    )
    (message,) = messages_in(packet)
    assert message.arguments[:3] == (1000, -1, "hello")
    assert message.arguments[3:] == pytest.approx((1.234, 5.678))


def test_bundles_within_bundles_are_read_in_order():
    packet = bundle(osc("/a", 1), bundle(osc("/b", "x"), osc("/c")), osc("/d", 0.5))
    assert [m.address for m in messages_in(packet)] == ["/a", "/b", "/c", "/d"]


def test_all_types_have_their_length():
    data = struct.pack(">qdQII", -5, 0.25, 1, 65, 7) + struct.pack(">i", 3) + b"abc\0" + osc_text("end")
    (message,) = messages_in(osc_text("/t") + osc_text(",hdtcTFNIrbs") + data)
    assert message.arguments == (-5, 0.25, 1, 65, True, False, None, None, 7, b"abc", "end")


def nested(depth: int) -> bytes:
    packet = osc("/deep")
    for _ in range(depth):
        packet = bundle(packet)
    return packet


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"foo\0",
        b"/foo",
        b"/foo\0\0\0\0,f\0\0\0\0",
        osc_text("/foo") + osc_text(",z"),
        osc_text("/foo") + osc_text("f"),
        osc_text("/foo") + osc_text("," + "T" * 100),
        osc_text("/foo") + osc_text(",b") + struct.pack(">i", 1 << 30),
        osc_text("/foo") + osc_text(",b") + struct.pack(">i", -1),
        b"/\xff\xff\0",
        b"#bundle\0",
        b"#bundle\0" + bytes(8) + struct.pack(">i", 8),
        b"#bundle\0" + bytes(8) + struct.pack(">i", 0),
        b"#bundle\0" + bytes(8) + struct.pack(">i", -4),
        nested(5),
        bundle(*[osc("/a")] * 2001),
        bytes(70_000),
    ],
)
def test_what_is_not_osc_is_refused(packet):
    with pytest.raises(BadPacket):
        messages_in(packet)


def test_four_levels_are_deep_enough():
    assert messages_in(nested(4)) == [Message("/deep", ())]


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda data: b"#bundle\0" + bytes(8) + data))
def test_no_packet_breaks_it(packet):
    with suppress(BadPacket):
        assert all(message.address.startswith("/") for message in messages_in(packet))
