from app.latency import measure_latency
from tests.app.conftest import MOVING, make_avatar


def test_every_change_arrives_and_its_time_is_told():
    figures = measure_latency(make_avatar(), changes=4, drag_s=0.5)
    assert figures["packet_bytes"] == MOVING * 32
    assert 0 < figures["slider_to_packet"]["min_ms"] <= figures["slider_to_packet"]["p95_ms"]
    assert 0 < figures["slider_updates_per_second"] < 60
