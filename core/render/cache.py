"""Where compiled kernels are kept between starts. Imports nothing heavy: it must run before numba is imported."""

import atexit
import hashlib
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

from core.errors import NowhereToWrite

logger = logging.getLogger(__name__)

_CORE = Path(__file__).resolve().parent.parent


def use_compile_cache() -> Path | None:
    """Have numba keep what it compiles in the user's cache directory; call this before numba is imported.

    Every version of the kernels has a folder of its own, named after a hash of their source: numba looks at the
    date of the one file that holds a kernel, and would miss a change in another file that it uses.

    Returns:
        The folder; or None if ``NUMBA_CACHE_DIR`` says otherwise, or if the folder cannot be written to: then the
        kernels are compiled into a folder that goes with this process, as numba refuses to do without any.

    Raises:
        NowhereToWrite: if there is no room even for that one.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return None
    folder = user_cache_directory() / "snapmoji" / "numba" / _kernel_version()
    if not _is_writable(folder):
        logger.warning("%s cannot be written to: the renderer is compiled anew at every start.", folder)
        os.environ["NUMBA_CACHE_DIR"] = str(passing_folder("snapmoji-numba-"))
        return None
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    return folder


def passing_folder(prefix: str) -> Path:
    """A new folder that goes with this process.

    Raises:
        NowhereToWrite: if there is no room even for that one.
    """
    try:
        folder = tempfile.mkdtemp(prefix=prefix)
    except OSError as error:
        raise NowhereToWrite from error
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The system may say that a folder is writable when its disk is full or read-only.
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError:
        return False
    return True


def compiled_before(folder: Path | None) -> bool:
    """Whether an earlier start has left compiled kernels in ``folder``, so that warming up takes a second, not ten."""
    return folder is not None and any(folder.glob("**/*.nbi"))


def user_cache_directory() -> Path:
    """The directory of the user's caches on this system, whether it exists or not."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _kernel_version() -> str:
    """A hash of every file that holds kernels."""
    digest = hashlib.sha256()
    for file in sorted(_CORE.glob("**/*.py")):
        source = file.read_bytes()
        if b"njit" in source:
            digest.update(source)
    return digest.hexdigest()[:16]
