from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.consent import ConsentText, read_consent
from app.server import build_app
from app.settings import AppSettings
from core.errors import InvalidRequest

TEXT = ConsentText("May we?", ("We <take> a photo.", "It is gone when you leave."))
HERE = "http://127.0.0.1:7860"


def serving(studio, **settings) -> TestClient:
    return TestClient(build_app(AppSettings(**settings), lambda: studio), base_url=HERE, client=("127.0.0.1", 5))


@pytest.fixture
def page(studio) -> Iterator[TestClient]:
    with serving(studio, consent=TEXT) as client:
        yield client


def test_nobody_is_asked_unless_there_is_a_text(studio):
    with serving(studio) as client:
        assert "gradio" in client.get("/").text
        assert client.post("/consent").status_code == 404


def test_the_question_comes_before_the_page_and_once_for_each_visit(page):
    asked = page.get("/")
    assert "May we?" in asked.text and "We &lt;take&gt; a photo." in asked.text and "gradio" not in asked.text
    assert asked.headers["cache-control"] == "no-store" and "content-security-policy" in asked.headers
    answer = page.post("/consent", data={"answer": "yes"}, follow_redirects=False)
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    assert all(flag in answer.headers["set-cookie"] for flag in ("HttpOnly", "SameSite=Strict"))
    assert all("gradio" in page.get("/").text for _ in range(2))


@pytest.mark.parametrize("answer", [{"answer": "no"}, {}, {"answer": "YES"}, {"yes": "yes"}])
def test_whoever_does_not_agree_gets_a_plain_sentence_and_is_asked_again(page, answer):
    said = page.post("/consent", data=answer)
    assert said.status_code == 200 and "Nothing was recorded" in said.text
    assert "May we?" in page.get("/").text


def test_a_no_takes_back_a_yes(page):
    page.post("/consent", data={"answer": "yes"})
    page.post("/consent", data={"answer": "no"})
    assert "May we?" in page.get("/").text


def test_another_page_cannot_agree_for_anybody(page):
    page.post("/consent", data={"answer": "yes"}, headers={"origin": "http://evil.example"})
    page.get("/consent?answer=yes")
    assert "May we?" in page.get("/").text


def test_a_booth_asks_everybody(studio):
    with serving(studio, consent=TEXT, booth=True, host="0.0.0.0") as client:
        for _ in range(2):
            assert "May we?" in client.get("/booth").text
            assert "Become a cartoon" in client.post("/consent", data={"answer": "yes"}).text
        phone = TestClient(client.app, base_url="http://booth.local:7860", client=("192.168.1.7", 5))
        assert phone.get("/take/x/").status_code == 404, "who only takes something home is not asked"


def test_a_text_is_a_heading_and_paragraphs(tmp_path: Path):
    file = tmp_path / "consent.txt"
    file.write_text("\ufeffMay we?\r\n\r\nOne line\r\nand the next.\r\n\r\n \r\nAnother – part.\n", encoding="utf-8")
    assert read_consent(file) == ConsentText("May we?", ("One line and the next.", "Another – part."))


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xff\xfe\x00x", b"a\0b", b"x" * 20_001])
def test_a_file_without_a_text_is_refused_in_one_sentence(tmp_path: Path, content: bytes):
    file = tmp_path / "consent.txt"
    file.write_bytes(content)
    with pytest.raises(InvalidRequest) as refused:
        read_consent(file)
    assert str(file) in str(refused.value) and str(refused.value).endswith(".")


def test_a_missing_file_is_told(tmp_path: Path):
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(InvalidRequest, match="cannot be read"):
            read_consent(path)
