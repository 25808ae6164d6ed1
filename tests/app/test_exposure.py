import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.commands import serve as command
from app.lan import own_addresses
from app.server import _listen, build_app
from app.settings import AppSettings
from core.pipeline import Settings
from tests.app.conftest import make_creation
from tests.conftest import ROOT


def can_be_alone() -> bool:
    """Whether a process here may have a network of its own."""
    if not (shutil.which("unshare") and shutil.which("ip") and shutil.which("bash")):
        return False
    plant = "ip link add out type dummy"
    return subprocess.run(["unshare", "-rn", "bash", "-c", plant], capture_output=True).returncode == 0


def test_a_whole_visit_asks_nothing_of_anybody_outside(tmp_path: Path):
    alone = can_be_alone()
    command = [sys.executable, "-m", "tests.app.guarded_visit"]
    command = ["unshare", "-rn", *command, "alone"] if alone else command
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=540)
    assert run.returncode == 0, run.stderr[-3000:]
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["planted"] == "socket.connect ('192.0.2.1', 80)", "the guard sees what it should stop"
    assert told["outside"] == []
    if alone:
        assert told["knocked"] > 0, "what native code sends would be counted"
        assert told["sent"] == 0
    assert told["splats"] > 10_000 and min(told["sizes"].values()) > 10_000
    assert not told["left"] and not list(tmp_path.glob("snapmoji-*"))


def test_the_app_listens_to_this_computer_alone_unless_told_otherwise():
    assert AppSettings().host == "127.0.0.1" and AppSettings().loopback
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    options = parser.parse_args([])
    assert options.host is None and not options.lan and not options.booth and options.consent is None


def test_gradio_sends_nothing_home_and_keeps_no_history(studio):
    app = build_app(AppSettings(), lambda: studio)
    blocks = app.state.gradio.get_blocks()
    assert blocks.analytics_enabled is False and blocks.run_history is False and blocks.share is False
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"
    assert blocks.max_file_size == AppSettings().max_upload_mb * 1024**2
    app.state.sessions.close()


@pytest.mark.skipif(not own_addresses(), reason="this computer is on no network")
def test_neither_page_nor_viewers_can_be_reached_from_the_network(sessions):
    visitor = sessions.open()
    visitor.show(make_creation(), Settings())
    with _listen(AppSettings().host, 0) as listener:
        for port in (visitor.viewer.port, listener.getsockname()[1]):
            with socket.socket() as probe:
                probe.settimeout(5)
                assert probe.connect_ex(("127.0.0.1", port)) == 0
            with socket.socket() as probe:
                probe.settimeout(5)
                assert probe.connect_ex((own_addresses()[0], port)) != 0
