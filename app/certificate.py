"""A certificate of our own for the local network, so that phones may open their cameras on the page."""

import datetime
import ipaddress
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.render.cache import passing_folder

_LOG = logging.getLogger(__name__)
# Phones refuse certificates that are good for longer than 825 days.
_GOOD_FOR = datetime.timedelta(days=365)
_RENEWED_BEFORE = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Certificate:
    """Files in PEM, as a server wants them."""

    certificate: Path
    key: Path
    fingerprint: str
    """SHA-256, as browsers show it: ``AB:CD:…``."""


def certificate_for(names: Sequence[str], folder: Path) -> Certificate:
    """The certificate in ``folder``, or a new one if there is none, it is for other names, or it is about to end.

    It is kept so that a browser that was told to trust it need not be told again. It signs nothing but itself, so
    whoever should get hold of its key gains nothing but this page.

    Args:
        names: host names and IP addresses under which the page is reached; at least one.
        folder: only the user may read it; made if need be. Where nothing can be written to it, a new certificate is
            good for this start alone.

    Raises:
        NowhereToWrite: if not even temporary files can be written.
    """
    path, key_path = folder / "certificate.pem", folder / "key.pem"
    kept = _kept(path, key_path)
    if kept is None or not _suits(kept, names):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            kept = _make(names, path, key_path)
        except OSError:
            _LOG.warning("%s cannot be written to: browsers must be told anew to trust this page.", folder)
            passing = passing_folder("snapmoji-lan-")
            path, key_path = passing / "certificate.pem", passing / "key.pem"
            kept = _make(names, path, key_path)
    digits = kept.fingerprint(hashes.SHA256()).hex().upper()
    return Certificate(path, key_path, ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)))


def _kept(path: Path, key_path: Path) -> x509.Certificate | None:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
    except (OSError, ValueError):
        return None
    return certificate if key.public_key() == certificate.public_key() else None


def _suits(certificate: x509.Certificate, names: Sequence[str]) -> bool:
    said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    now = datetime.datetime.now(datetime.UTC)
    begun = certificate.not_valid_before_utc <= now
    return begun and now + _RENEWED_BEFORE < certificate.not_valid_after_utc and set(said) == set(_general(names))


def _make(names: Sequence[str], path: Path, key_path: Path) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Snapmoji on this network")])
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # Clocks differ a little from device to device.
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + _GOOD_FOR)
        .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_private(
        key_path,
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate


def _write_private(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    # Readable by its owner alone from its first byte on.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _general(names: Sequence[str]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found
