import hashlib
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, MissingWeights
from core.weights.download import download
from tests.core.weights.server import serving

BODY = np.random.default_rng(0).bytes(3_000_000)
SHA256 = hashlib.sha256(BODY).hexdigest()


def test_a_file_arrives_whole_and_progress_reaches_its_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with serving({"/a": BODY}) as (address, _):
        download(f"{address}/a", tmp_path / "sub" / "a", SHA256, lambda *numbers: told.append(numbers))
    assert (tmp_path / "sub" / "a").read_bytes() == BODY
    assert told == sorted(told) and told[-1] == (len(BODY), len(BODY)) and len(told) >= 3
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["a"]


def test_what_is_there_already_is_not_asked_for_again(tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(BODY[:1_000_000])
    with serving({"/a": BODY}) as (address, shelf):
        download(f"{address}/a", tmp_path / "a", SHA256)
        assert shelf.asked == [("/a", "bytes=1000000-")]
    assert (tmp_path / "a").read_bytes() == BODY


def test_a_broken_connection_is_taken_up_again(tmp_path: Path) -> None:
    with serving({"/a": BODY}, {"/a": [700_000, 900_000]}) as (address, shelf):
        download(f"{address}/a", tmp_path / "a", SHA256)
        assert [wanted for _, wanted in shelf.asked] == [None, "bytes=700000-", "bytes=1600000-"]
    assert (tmp_path / "a").read_bytes() == BODY


def test_a_connection_that_keeps_breaking_leaves_the_part_for_the_next_time(tmp_path: Path) -> None:
    with serving({"/a": BODY}, {"/a": [1000, 1000, 1000]}) as (address, _):
        with pytest.raises(MissingWeights, match=r"broke at 0\.0 of 3\.0 MB; run the same command again to go on"):
            download(f"{address}/a", tmp_path / "a", SHA256)
        assert not (tmp_path / "a").exists() and (tmp_path / "a.part").read_bytes() == BODY[:3000]
        download(f"{address}/a", tmp_path / "a", SHA256)
    assert (tmp_path / "a").read_bytes() == BODY


def test_a_server_that_knows_no_ranges_sends_all_again(tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(b"other bytes")
    with serving({"/a": BODY}) as (address, shelf):
        shelf.ranges = False
        download(f"{address}/a", tmp_path / "a", SHA256)
    assert (tmp_path / "a").read_bytes() == BODY


@pytest.mark.parametrize("size", [len(BODY), len(BODY) + 5])
def test_a_part_that_is_whole_or_too_long_ends_in_the_right_file(tmp_path: Path, size: int) -> None:
    (tmp_path / "a.part").write_bytes((BODY + b"excess")[:size])
    with serving({"/a": BODY}) as (address, _):
        download(f"{address}/a", tmp_path / "a", SHA256)
    assert (tmp_path / "a").read_bytes() == BODY


def test_another_file_than_expected_is_refused_and_removed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"what was here before")
    with serving({"/a": BODY[:-1] + b"!"}) as (address, _), pytest.raises(MissingWeights, match="wrong checksum"):
        download(f"{address}/a", tmp_path / "a", SHA256)
    assert (tmp_path / "a").read_bytes() == b"what was here before"
    assert not (tmp_path / "a.part").exists()


def test_an_absent_file_gives_one_sentence(tmp_path: Path) -> None:
    sentence = r"/a cannot be fetched: the server answers 404 \(Not Found\)\.$"
    with serving({}) as (address, _), pytest.raises(MissingWeights, match=sentence):
        download(f"{address}/a", tmp_path / "a")
    with pytest.raises(MissingWeights, match="refused; run the same command again"):
        download(f"{address}/a", tmp_path / "a")


def test_only_safe_addresses_are_asked(tmp_path: Path) -> None:
    for url in ("http://example.org/a", "file:///etc/passwd", "ftp://example.org/a"):
        with pytest.raises(MissingWeights, match="only https is"):
            download(url, tmp_path / "a")


def test_progress_may_stop_it(tmp_path: Path) -> None:
    def stop(done: int, whole: int) -> None:
        raise Cancelled("Stopped.")

    with serving({"/a": BODY}) as (address, _), pytest.raises(Cancelled):
        download(f"{address}/a", tmp_path / "a", SHA256, stop)
    assert (tmp_path / "a.part").stat().st_size > 0
