import io
from types import SimpleNamespace

import numpy as np
import pytest
from fastapi import APIRouter
from PIL import Image

from app.loading import Models
from app.making import Wish, create
from app.mending import cropped, faces_in
from app.pictures import picture_routes
from app.session import Sessions, Visitor
from core.errors import InvalidRequest

REST = ",".join(["0"] * 16)
SMILE = ",".join(["0"] * 12 + ["1", "1", "0", "0"])
KEYFRAMES = [{"at": 0, "weights": [0.0] * 16}, {"at": 0.2, "weights": [0.0] * 6 + [1.0] + [0.0] * 9}]


@pytest.fixture
def photo() -> bytes:
    """Red on the left, blue on the right."""
    pixels = np.zeros((200, 400, 3), np.uint8)
    pixels[:, :200, 0], pixels[:, 200:, 2] = 255, 255
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def visitor(sessions: Sessions, models, photo, tmp_path) -> Visitor:
    (tmp_path / "me.png").write_bytes(photo)
    visitor = sessions.open()
    create(models, visitor, Wish(str(tmp_path / "me.png"), "", 0.5, 0.5, 0.5, 0, None), lambda stage, done: None)
    return visitor


@pytest.fixture
def router(sessions) -> APIRouter:
    return picture_routes(sessions)


def pixels(answer) -> np.ndarray:
    assert answer.status_code == 200
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"), float)


def test_the_face_is_drawn_with_any_expression(browser, visitor):
    base = f"/viewer/{visitor.secret}/face.webp"
    rest, smile = (pixels(browser.get(base, params={"w": w, "size": 64})) for w in (REST, SMILE))
    assert rest.shape == (64, 64, 4) and np.abs(rest - smile).max() > 30
    for wrong in ({"w": "1,2"}, {"w": "x"}, {"w": REST, "size": 5000}, {"w": ",".join(["nan"] * 3)}):
        assert browser.get(base, params=wrong).status_code == 404


def test_pictures_on_the_way_and_of_results_are_there(browser, visitor):
    base = f"/viewer/{visitor.secret}"
    assert pixels(browser.get(f"{base}/making/aligned.webp"))[..., 0].mean() == pytest.approx(90, abs=2)
    assert browser.get(f"{base}/making/nothing.webp").status_code == 404
    name = visitor.results.described()[0]["name"]
    assert pixels(browser.get(f"{base}/result/{name}.webp")).shape == (512, 512, 4)
    assert browser.delete(f"{base}/result/{name}").status_code == 204
    assert browser.get(f"{base}/result/{name}.webp").status_code == 404 and not visitor.results.items


def test_all_needs_the_secret_and_nobody_elses_page_can_ask(browser, visitor, sessions):
    name, other = visitor.results.described()[0]["name"], sessions.open()
    assert browser.get(f"/viewer/{other.secret}/result/{name}.webp").status_code == 404
    assert browser.get(f"/viewer/guess/face.webp?w={REST}").status_code == 404
    evil = {"origin": "http://evil.example"}
    assert browser.delete(f"/viewer/{visitor.secret}/result", headers=evil).status_code == 404
    assert len(visitor.results.items) == 1


def test_a_film_is_sent_or_refused_in_words(browser, visitor):
    base, film = f"/viewer/{visitor.secret}/film", {"keyframes": KEYFRAMES, "seconds": 0.4, "size": 64, "format": "gif"}
    answer = browser.post(base, json=film)
    assert answer.status_code == 200 and Image.open(io.BytesIO(answer.content)).n_frames == 8
    answer = browser.post(base, json=film | {"seconds": 900})
    assert answer.status_code == 422 and "20 seconds" in answer.json()["detail"]
    assert browser.post(base, json=film | {"format": "exe"}).status_code == 404


def test_a_crop_is_that_part_of_the_photo_and_turns_with_it(visitor, browser):
    right = Image.open(cropped(visitor, (0.5, 0, 0.5, 1), 0)).convert("RGB")
    assert right.size == (200, 200) and np.asarray(right)[..., 2].min() > 200
    top = Image.open(cropped(visitor, (0, 0, 1, 0.5), 1)).convert("RGB")
    assert top.size == (200, 200) and np.asarray(top)[..., 0].min() > 200, "clockwise, left becomes top"
    seen = pixels(browser.get(f"/viewer/{visitor.secret}/photo.webp?turns=1"))
    assert seen.shape[:2] == (400, 200) and seen[50, 100, 0] > 200
    for wrong in ((0.5, 0, 0.01, 0.01), (2, 0, 1, 1), (0, 0, 0, 0), (float("nan"), 0, 1, 1)):
        with pytest.raises(InvalidRequest):
            cropped(visitor, wrong, 0)


def test_faces_are_framed_from_the_left(photo):
    points = np.array([[300, 50, 0], [360, 120, 0]], np.float32)
    found = [SimpleNamespace(points=points), SimpleNamespace(points=points - (260, 0, 0))]
    models = Models(lambda: SimpleNamespace(landmarker=SimpleNamespace(detect=lambda image: found)))
    models.start()
    boxes = faces_in(models, photo)
    assert len(boxes) == 2 and boxes[0][0] < 0.1 < 0.7 < boxes[1][0] < 0.75
    assert all(x >= 0 and x + w <= 1 and y >= 0 and y + h <= 1 for x, y, w, h in boxes)
