"""Where compiled kernels are kept between starts. Imports nothing heavy: it must run before numba is imported."""

import hashlib
import os
import sys
from pathlib import Path

_CORE = Path(__file__).resolve().parent.parent


def use_compile_cache() -> Path | None:
    """Have numba keep what it compiles in the user's cache directory; call this before numba is imported.

    Every version of the kernels has a folder of its own, named after a hash of their source: numba looks at the
    date of the one file that holds a kernel, and would miss a change in another file that it uses.

    Returns:
        The folder; or None if ``NUMBA_CACHE_DIR`` says otherwise, or if the folder cannot be written to. Numba
        then keeps its files beside the source, or where it can.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return None
    folder = user_cache_directory() / "snapmoji" / "numba" / _kernel_version()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(folder, os.W_OK):
        return None
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    return folder


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
