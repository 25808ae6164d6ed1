"""What can be set about the app."""

from dataclasses import dataclass
from pathlib import Path

from app.consent import ConsentText

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class AppSettings:
    """How the app runs. The defaults suit one person on their own computer."""

    host: str = "127.0.0.1"
    """Address to listen on. Anything but a loopback address opens the app to the network."""
    port: int = 7860
    """TCP port, 0 to 65535; 0 takes a free one."""
    open_browser: bool = True
    """Whether to open the page in the default browser once it answers."""
    compiles: bool = False
    """Whether this start has to compile the renderer first; the page says so."""
    max_upload_mb: int = 20
    """Largest photo accepted, in megabytes."""
    max_visitors: int = 16
    """How many visitors may have an avatar on this computer at once."""
    idle_minutes: float = 60.0
    """A visitor who does nothing for this long is forgotten."""
    leave_grace_s: float = 120.0
    """How long a closed tab's avatar is kept, so that a reload finds it again; in seconds."""
    allowed_hosts: tuple[str, ...] = ()
    """Names the page may be reached under. Empty: the loopback names when ``host`` is one, else any."""
    https: bool = False
    """Whether to serve over HTTPS, with a certificate of our own, so that phones may use their cameras."""
    booth: bool = False
    """Whether the page is the booth's, and other computers reach nothing but what visitors take home."""
    booth_idle_s: float = 60.0
    """How long nobody may touch the booth before it starts over for the next visitor; in seconds."""
    public_host: str | None = None
    """Name or address under which phones reach this computer; None finds it out."""
    consent: ConsentText | None = None
    """What everybody has to agree to before the page is shown; None asks for nothing."""
    checkpoints: Path = _ROOT / "checkpoints"
    """Folder of the model files."""
    assets: Path = _ROOT / "ui_assets"
    """Folder of the style sheet, the logo and the example portraits."""

    @property
    def loopback(self) -> bool:
        """Whether only this computer can reach the app."""
        return self.host in LOOPBACK_HOSTS


LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
"""Addresses that only this computer can reach."""
