"""An attacker's list: what is tried on the whole app from outside, and never answered."""

import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from app.server import build_app
from app.settings import AppSettings
from app.tabs import COOKIE, Tabs, browser_of, new_cookie
from app.uploads import VISITOR_HEADER
from core.pipeline import Settings
from tests.app.conftest import make_creation
from tests.conftest import ROOT

HERE = "http://127.0.0.1:7860"
REFUSED = (WebSocketDisconnect, WebSocketDenialResponse)
PARTS = {
    "stage": "aligned",
    "name": "avatar.ply",
    "kind": "clip",
    "token": "guess",
}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = build_app(AppSettings(max_upload_mb=1), lambda: None)  # type: ignore[arg-type, return-value]
    with TestClient(app, base_url=HERE) as client:
        client.sessions, client.routes = app.state.sessions, list(routes_in(app))
        yield client


@pytest.fixture
def victim(client):
    visitor = client.sessions.open()
    visitor.show(make_creation(), Settings())
    yield visitor
    client.sessions.dismiss(visitor.secret)


def routes_in(router) -> Iterator[tuple[str, set[str] | None]]:
    """Paths and methods of all our own routes; a websocket has no methods."""
    for route in getattr(router, "original_router", router).routes:
        if hasattr(route, "original_router"):
            yield from routes_in(route)
        elif "{secret}" in getattr(route, "path", ""):
            yield route.path, getattr(route, "methods", None)


def filled(path: str, secret: str) -> str:
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda m: secret if m[1] == "secret" else PARTS[m[1]], path)


def guesses(secret: str) -> list[str]:
    """Near misses, and what could confuse a path."""
    other = "A" if secret[-1] != "A" else "B"
    return [
        *("guess", "None", "null", "*", "%00", "%2e%2e"),
        *(secret[:-1], secret[:-1] + other, secret.swapcase(), f"{secret}%20", f"{secret}%00", f"%2e%2e%2f{secret}"),
    ]


def ask(client: TestClient, method: str, path: str, **options):
    return client.request(method, path, follow_redirects=False, **options)


def upload(client: TestClient, name: str = "me.jpg", content: bytes = b"my face", **headers: str):
    return client.post(
        "/gradio_api/upload", files={"files": (name, io.BytesIO(content), "image/jpeg")}, headers=headers
    )


def join(client: TestClient, data: list, tab: str = "a tab", **options):
    body = {"data": data, "fn_index": 0, "session_hash": tab, "trigger_id": 1}
    return client.post("/gradio_api/queue/join", json=body, **options)


def test_no_route_opens_to_a_guessed_secret(client, victim):
    assert len(client.routes) > 20
    opened = 0
    for path, methods in client.routes:
        if methods is None:
            continue
        for method in methods - {"HEAD"}:
            opened += ask(client, method, filled(path, victim.secret)).status_code == 200
            if path.endswith("/goodbye"):  # the visitor left
                victim = client.sessions.open()
                victim.show(make_creation(), Settings())
            for guess in guesses(victim.secret):
                answer = ask(client, method, filled(path, guess))
                assert answer.status_code in (403, 404, 405, 307), (method, path, guess)
    assert opened >= 6, "with the right secret there is something behind these routes"
    assert client.sessions.get(victim.secret) is victim, "nobody was deleted by a guess"


@pytest.mark.parametrize("origin", [None, "http://evil.example", "http://127.0.0.1:9999", "null", "https://127.0.0.1"])
def test_no_websocket_opens_to_a_guess_or_to_a_page_from_elsewhere(client, victim, origin):
    sockets = [path for path, methods in client.routes if methods is None]
    assert len(sockets) >= 4
    headers = {"host": "127.0.0.1:7860"} | ({"origin": origin} if origin else {})
    for path in sockets:
        for secret in guesses(victim.secret) if origin is None else [victim.secret]:
            with pytest.raises(REFUSED), client.websocket_connect(filled(path, secret), headers=headers):
                pass


def test_a_visitors_own_page_gets_its_websockets(client, victim):
    """Or else the tests above would be refused for another reason."""
    headers = {"host": "127.0.0.1:7860", "origin": HERE}
    with client.websocket_connect(f"/viewer/{victim.secret}/live", headers=headers) as tab:
        assert tab.receive_json()["kind"] == "state"


def test_no_websocket_reaches_gradio(client):
    for path in ("/", "/gradio_api/queue/join", "/queue/join", "/gradio_api/stream/x"):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(path, headers={"host": "127.0.0.1:7860"}):
            pass


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "169.254.169.254", "evil.example:7860"])
def test_a_name_that_was_made_to_point_here_is_refused(client, victim, host):
    for path in ("/", "/config", f"/viewer/{victim.secret}/stage/aligned.png", f"/ar/{victim.secret}/"):
        assert ask(client, "GET", path, headers={"host": host}).status_code == 400
    assert upload(client, host=host).status_code == 400
    assert ask(client, "POST", f"/viewer/{victim.secret}/goodbye", headers={"host": host}).status_code == 400


def test_a_page_from_elsewhere_can_change_nothing(client, victim):
    for origin in ("http://evil.example", "null", "http://127.0.0.1:9999"):
        assert upload(client, origin=origin).status_code == 404
        assert join(client, [None], headers={"origin": origin}).status_code == 404
        for method, path in (("POST", "goodbye"), ("POST", "film"), ("DELETE", "result")):
            url = f"/viewer/{victim.secret}/{path}"
            assert ask(client, method, url, headers={"origin": origin}, json={}).status_code in (403, 404)
    assert client.sessions.get(victim.secret) is victim


def outside_files() -> list[str]:
    """Files that are none of ours, in every disguise."""
    return [
        *("/etc/passwd", "../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/proc/self/environ", "app/server.py"),
        *(str(ROOT / "launch.py"), str(ROOT / "ui_assets/examples/../../launch.py"), "C:\\Windows\\win.ini"),
        *("file:///etc/passwd", "/etc/passwd\0.jpg", "~/.ssh/id_rsa", "//etc/passwd"),
    ]


ADDRESSES = ["http://127.0.0.1:1/x.png", "https://example.com/x.png", "ftp://example.com/x", "HTTPS://example.com/"]


@pytest.mark.parametrize("path", [*outside_files(), *ADDRESSES])
def test_neither_files_of_the_computer_nor_addresses_are_fetched(client, path):
    quoted = path.replace("\0", "%00")
    assert ask(client, "GET", f"/gradio_api/file={quoted}").status_code in (403, 404)
    for named in ({"path": path, "meta": {"_type": "gradio.FileData"}}, {"path": path}, [{"a": {"path": path}}]):
        assert join(client, [named]).status_code == 404, named
        assert client.post("/gradio_api/call/make", json={"data": [named]}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/deep_link?session_hash=x", "/gradio_api/proxy=https://example.hf.space/", "/monitoring"),
        *("/gradio_api/queue/status", "/gradio_api/token", "/gradio_api/runs", "/gradio_api/run-history/buckets"),
        *("/gradio_api/vibe-code", "/gradio_api/dev/reload", "/gradio_api/file/etc/passwd", "/monitoring/summary"),
        *("/gradio_api/openapi.json", "/openapi.json", "/docs", "/login", "/static/../../../etc/passwd"),
        *("/assets/..%2f..%2f..%2fetc%2fpasswd", "/studio/..%2f..%2flaunch.py", "/styles/..%2f..%2flaunch.py"),
        "/gradio_api/custom_component/x/client/component/../../../../etc/passwd",
    ],
)
def test_what_the_page_does_not_use_is_not_there(client, path):
    assert ask(client, "GET", path).status_code in (403, 404, 405)


@pytest.mark.parametrize(
    "name", ["component_server", "run/make", "api/make", "vibe-edit", "login", "process_recording"]
)
def test_doors_of_gradio_that_the_page_does_not_use_are_shut(client, name):
    assert client.post(f"/gradio_api/{name}", json={"session_hash": "x"}).status_code == 404


def test_a_tab_can_only_be_used_by_its_own_browser(client):
    client.cookies.clear()
    page = client.get("/")
    assert re.search(rf"{COOKIE}=[\w-]{{32}}; Path=/; HttpOnly; SameSite=Strict$", page.headers["set-cookie"])
    assert "set-cookie" not in client.get("/").headers, "the browser keeps its cookie"
    assert join(client, [{}], tab="mine").status_code != 404
    stranger = {"cookie": f"{COOKIE}=guess"}
    try:
        client.cookies.clear()
        for headers in ({}, stranger):
            assert join(client, [{}], tab="mine", headers=headers).status_code == 404
            for path in (
                "queue/data?session_hash=mine",
                "heartbeat/mine",
                "queue/data?session_hash=x&session_hash=mine",
            ):
                assert ask(client, "GET", f"/gradio_api/{path}", headers=headers).status_code == 404
            assert client.post("/gradio_api/cancel", json={"session_hash": "mine"}, headers=headers).status_code == 404
    finally:
        client.cookies.clear()


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"session_hash": 5, "data": []}', b"{" * 9, b"x" * (5 << 20)])
def test_what_no_page_of_ours_sends_is_refused(client, body):
    assert client.post("/gradio_api/queue/join", content=body).status_code == 404


def test_names_of_tabs_that_nobody_uses_any_more_are_forgotten(monkeypatch):
    monkeypatch.setattr("app.tabs._MOST", 2)
    tabs = Tabs()
    assert tabs.belongs("a", "one") and not tabs.belongs("a", "other")
    assert tabs.belongs("b", "one") and tabs.belongs("c", "one") and tabs.belongs("a", "other")


def test_cookies_are_read_and_never_the_same_twice():
    assert browser_of("") == browser_of("other=1") == browser_of("\0;=;") == ""
    assert browser_of(f"other=1; {COOKIE}=abc") == "abc"
    assert new_cookie(False) != new_cookie(False) and new_cookie(True).endswith("; Secure")


def test_an_upload_goes_to_its_visitors_folder_under_a_name_that_nobody_guesses(client, victim):
    paths = [upload(client, **{VISITOR_HEADER: victim.secret}).json()[0] for _ in range(2)]
    assert paths[0] != paths[1], "the same file twice lies in two places"
    folder = re.escape(str(victim.directory))
    assert all(re.fullmatch(rf"{folder}/upload-[\w-]{{32}}/me\.jpg", path) for path in paths)
    assert re.fullmatch(r"visitor-[\w-]{32}", victim.directory.name)
    assert client.get(f"/gradio_api/file={paths[0]}").content == b"my face"
    nobodys = upload(client, **{VISITOR_HEADER: "guess"}).json()[0]
    assert str(client.sessions.unowned) in nobodys


@pytest.mark.parametrize(
    "name", ["../../x.jpg", "/etc/cron.d/x", "..", "a\\..\\b.jpg", "\0", "x" * 300, ".hidden", "é b.png"]
)
def test_a_name_cannot_lead_an_upload_elsewhere(client, victim, name):
    answer = upload(client, name=name, **{VISITOR_HEADER: victim.secret})
    assert answer.status_code in (200, 400)
    for path in answer.json() if answer.status_code == 200 else []:
        assert re.fullmatch(rf"{re.escape(str(victim.directory))}/upload-[\w-]{{32}}/[\w-][\w.-]*", path)


def test_uploads_that_are_none_or_too_much_are_refused(client):
    before = list(client.sessions.unowned.iterdir())
    assert upload(client, content=bytes(2 << 20)).status_code == 413
    assert client.post("/gradio_api/upload", content=b"words", headers={"content-type": "text/plain"}).json() == []
    many = [("files", (f"{i}.jpg", b"x", "image/jpeg")) for i in range(9)]
    assert client.post("/gradio_api/upload", files=many).status_code == 400
    broken = {"content-type": "multipart/form-data"}
    assert client.post("/gradio_api/upload", content=b"--", headers=broken).status_code == 400
    assert list(client.sessions.unowned.iterdir()) == before


def test_a_full_disk_is_told_and_leaves_nothing(client, victim, monkeypatch):
    def full(*_) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    answer = upload(client, **{VISITOR_HEADER: victim.secret})
    assert answer.status_code == 507 and "no room left" in answer.json()["detail"]
    assert list(victim.directory.iterdir()) == []


def test_every_answer_has_the_headers(client, victim):
    for path in ("/", "/nothing", f"/viewer/{victim.secret}/stage/aligned.png", f"/viewer/{victim.secret}/"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
        assert "connect-src 'self'" in headers["content-security-policy"]
        assert "camera=(self)" in headers["permissions-policy"]


def test_a_picture_of_the_visitor_is_kept_by_no_shared_cache(client, victim):
    for path in ("stage/aligned.png", "file/avatar.ply", "face.webp?w=" + ",".join(["0"] * 16)):
        assert "private" in client.get(f"/viewer/{victim.secret}/{path}").headers["cache-control"]
    picture = client.get(f"/viewer/{victim.secret}/stage/aligned.png").content
    assert Image.open(io.BytesIO(picture)).size == (512, 512)


def test_a_page_hears_when_its_upload_is_over(client):
    files = {"files": ("me.jpg", io.BytesIO(b"my face"), "image/jpeg")}
    assert client.post("/gradio_api/upload?upload_id=mine", files=files).status_code == 200
    assert '"done"' in client.get("/gradio_api/upload_progress?upload_id=mine").text
    assert client.get("/gradio_api/upload_progress").status_code == 422
