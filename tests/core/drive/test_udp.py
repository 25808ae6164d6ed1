import socket
from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from core.drive.signal import Signal
from core.drive.udp import checked_address, open_port, signals_from
from core.errors import InvalidRequest


class Numbers:
    """Understands a packet of digits."""

    def take(self, packet: bytes, time_s: float) -> Signal | None:
        return Signal(time_s, np.full(16, int(packet) / 10, np.float32)) if packet.isdigit() else None


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def opened() -> Iterator[socket.socket]:
    with open_port(0, lan=False) as port:
        port.settimeout(0.05)
        yield port


@pytest.fixture
def sender() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        yield one


def test_packets_become_signals_with_times_from_zero(opened, sender):
    clock = Clock()
    with closing(signals_from(opened, Numbers(), clock=clock)) as signals:
        assert next(signals) is None  # nothing has come yet
        for number, moment in ((b"3", 100.0), (b"junk", 100.1), (b"4", 100.5)):
            clock.now = moment
            sender.sendto(number, opened.getsockname())
            signal = next(signals)
            if number != b"junk":
                assert signal.weights[0] == pytest.approx(int(number) / 10) and signal.time_s == pytest.approx(
                    moment - 100
                )
            else:
                assert signal is None


def test_only_this_computer_is_heard_unless_told_otherwise(opened):
    assert opened.getsockname()[0] == "127.0.0.1"
    with open_port(0, lan=True) as everywhere:
        assert everywhere.getsockname()[0] == "0.0.0.0"


def test_nobody_talks_over_the_first_until_it_is_silent(opened, sender):
    clock = Clock()
    with closing(signals_from(opened, Numbers(), clock=clock)) as signals:
        sender.sendto(b"1", opened.getsockname())
        assert next(signals).weights[0] == pytest.approx(0.1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.2", 0))
            other.sendto(b"9", opened.getsockname())
            assert next(signals) is None
            clock.now += 5
            other.sendto(b"9", opened.getsockname())
            assert next(signals).weights[0] == pytest.approx(0.9)


def test_a_phone_is_asked_and_then_heard(opened):
    clock = Clock()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.3", 0))
        phone.settimeout(2)
        with closing(signals_from(opened, Numbers(), (b"hello", phone.getsockname()), clock)) as signals:
            assert next(signals) is None
            words, asked_by = phone.recvfrom(100)
            assert words == b"hello"
            phone.sendto(b"5", asked_by)
            assert next(signals).weights[0] == pytest.approx(0.5)


def test_a_taken_port_is_said(opened):
    with pytest.raises(InvalidRequest, match="cannot be listened on"):
        open_port(opened.getsockname()[1], lan=False)
    with pytest.raises(InvalidRequest):
        open_port(70_000, lan=False)


@pytest.mark.parametrize("text", ["", "phone.local", "1.2.3", "::1", "192.168.1.300"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(InvalidRequest):
        checked_address(text)
