import ipaddress
import os
import stat
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app import certificate as module
from app.certificate import certificate_for
from app.lan import announcement, lan_names

NAMES = lan_names(["192.168.1.20"])


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_it_names_what_the_page_is_reached_under_and_signs_nothing_else(tmp_path):
    made = certificate_for(NAMES, tmp_path / "lan")
    certificate = read(made.certificate)
    said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert said.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address(n) for n in ("192.168.1.20", "127.0.0.1")]
    assert said.get_values_for_type(x509.DNSName) == ["localhost"]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    # Phones refuse what is good for longer.
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days < 398
    certificate.verify_directly_issued_by(certificate)
    assert load_pem_private_key(made.key.read_bytes(), None).public_key() == certificate.public_key()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps who may read a file elsewhere")
def test_nobody_else_reads_the_key(tmp_path):
    before = os.umask(0)
    try:
        made = certificate_for(NAMES, tmp_path / "lan")
    finally:
        os.umask(before)
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.key.parent.stat().st_mode) == 0o700


def test_it_is_kept_until_it_no_longer_fits(tmp_path, monkeypatch):
    first = certificate_for(NAMES, tmp_path)
    assert certificate_for(NAMES, tmp_path) == first
    moved = certificate_for(lan_names(["10.0.0.7"]), tmp_path)
    assert moved.fingerprint != first.fingerprint
    monkeypatch.setattr(module, "_RENEWED_BEFORE", module._GOOD_FOR)
    assert certificate_for(lan_names(["10.0.0.7"]), tmp_path).fingerprint != moved.fingerprint


@pytest.mark.parametrize("file", ["certificate.pem", "key.pem"])
def test_damaged_files_are_made_anew(tmp_path, file):
    first = certificate_for(NAMES, tmp_path)
    (tmp_path / file).write_text("damaged")
    second = certificate_for(NAMES, tmp_path)
    assert second.fingerprint != first.fingerprint
    assert load_pem_private_key(second.key.read_bytes(), None).public_key() == read(second.certificate).public_key()


def test_where_it_cannot_be_kept_it_is_good_for_this_start(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "file").write_text("in the way")
    made = certificate_for(NAMES, tmp_path / "file" / "lan")
    assert "cannot be written to" in caplog.text
    assert load_pem_private_key(made.key.read_bytes(), None).public_key() == read(made.certificate).public_key()
    assert made.key.parent.parent == tmp_path and stat.S_IMODE(made.key.parent.stat().st_mode) == 0o700


def test_the_terminal_says_where_it_is_and_what_browsers_will_say(tmp_path):
    made = certificate_for(NAMES, tmp_path)
    text = announcement(["192.168.1.20", "10.0.0.7"], 7860, made)
    assert "https://192.168.1.20:7860\n" in text and made.fingerprint in text and "not private" in text
    assert "█" in text
    assert "no network" in announcement([], 7860, made)
