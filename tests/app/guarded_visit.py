"""A whole visit to the real app in a process that can reach nothing but itself: ``python -m tests.app.guarded_visit``.

Every attempt to look up a name or to connect beyond loopback fails and is noted. With the argument ``alone`` the
process is in a network of its own, whose only way out counts what native code sends. Prints what was noted as JSON.
"""

import ipaddress
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

OUTSIDE = ("192.0.2.1", 80)
"""An address that documentation is written with; nobody has it."""
noted: list[str] = []


def is_inside(address: object) -> bool:
    """Whether an address of a socket is on this computer."""
    if not isinstance(address, tuple):
        return True  # a path, or a number of the kernel's
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return False


def guard(event: str, details: tuple) -> None:
    """An audit hook."""
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = details[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = (details[0] or "",)
        address = (address[0].decode() if isinstance(address[0], bytes) else address[0],)
    else:
        return
    if not is_inside(address):
        noted.append(f"{event} {address}")
        raise ConnectionRefusedError(f"the guard stopped {event} to {address}")


def count_sent() -> int | None:
    """Packets that left on the only way out; None if there is no such way to watch."""
    for line in Path("/proc/net/dev").read_text().splitlines():
        if line.strip().startswith("out:"):
            return int(line.split(":")[1].split()[9])
    return None


def set_up_network() -> None:
    """Loopback, and one way out that leads nowhere."""
    for family in ("all", "default"):
        Path(f"/proc/sys/net/ipv6/conf/{family}/disable_ipv6").write_text("1")
    for command in (
        "link set lo up",
        "link add out type dummy",
        "addr add 192.0.2.2/24 dev out",
        "link set out up",
        "route add default dev out",
    ):
        subprocess.run(["ip", *command.split()], check=True)


def visit() -> dict:
    """Make, restyle, pose, look at, and take home in every format."""
    import uvicorn

    from app.api import FORMATS
    from app.server import build_app
    from app.settings import AppSettings
    from core.pipeline import Studio
    from tests.conftest import CHECKPOINTS, EXAMPLES
    from tests.load.visitor import Visitor, drained

    app = build_app(AppSettings(), lambda: Studio.load(CHECKPOINTS))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", ws_per_message_deflate=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    visitor = Visitor(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    assert b"Snapmoji" in visitor.get("/")
    splats = visitor.make(EXAMPLES["bob"])["splats"]
    visitor.restyle("gold")
    visitor.call("pose", "happy")
    assert visitor.get(f"/viewer/{visitor.secret}/") and visitor.get(f"/ar/{visitor.secret}/")
    with visitor.viewer() as viewer:
        assert drained(viewer) > 100_000
    kinds = [kind for kind in FORMATS if kind not in ("gif", "mp4")]
    sizes = {kind: len(visitor.export(kind)) for kind in kinds}
    visitor.leave()
    app.state.gradio.stop_event.set()
    server.should_exit = True
    thread.join(60)
    return {"splats": splats, "sizes": sizes, "left": app.state.sessions.folder.exists()}


def main() -> None:
    """Runs it all."""
    if "alone" in sys.argv:
        set_up_network()
    sys.addaudithook(guard)
    told = visit() | {"outside": list(noted), "sent": count_sent()}
    # What nobody would notice is no guard.
    try:
        with socket.socket() as planted:
            planted.connect(OUTSIDE)
    except ConnectionRefusedError:
        told["planted"] = noted[-1]
    if told["sent"] is not None:
        # Sent by another program, as native code would: past the guard, onto the way out.
        knock = f"exec 3<>/dev/udp/{OUTSIDE[0]}/{OUTSIDE[1]}; echo >&3"
        subprocess.run(["bash", "-c", knock], check=False, timeout=10)
        told["knocked"] = count_sent()
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
