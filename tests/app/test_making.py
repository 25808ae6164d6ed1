import threading
from dataclasses import replace

import pytest

from app.loading import Models
from app.making import Wish, create, is_same_photo, restyle
from app.session import Visitor
from core.errors import Cancelled, InvalidRequest, MissingWeights, NoFaceFound


@pytest.fixture
def visitor(sessions) -> Visitor:
    return sessions.open()


@pytest.fixture
def models(studio) -> Models:
    models = Models(lambda: studio)
    models.start()
    return models


@pytest.fixture
def wish(tmp_path) -> Wish:
    photo = tmp_path / "me.jpg"
    photo.write_bytes(b"a photo")
    return Wish(str(photo), "elf", 0.5, 0.5, 0.5, 0, None)


def ignore(stage: str, done: float) -> None:
    pass


def test_create_shows_the_avatar_and_reports_each_stage(models, visitor, wish):
    told = []
    create(models, visitor, wish, lambda stage, done: told.append((stage, done)))
    assert visitor.creation is not None and visitor.viewer is not None
    assert visitor.settings.prompt == "elf" and visitor.job is None
    assert [stage for stage, _ in told if stage != "Getting ready"] == ["Finding the face", "Building the avatar"]
    assert is_same_photo(visitor, wish) and not is_same_photo(visitor, replace(wish, face=1))


def test_stop_really_stops_and_the_previous_avatar_stays(models, visitor, wish, studio):
    create(models, visitor, wish, ignore)
    before = visitor.creation
    studio.at_stage.clear()
    studio.go_on.clear()
    caught = []

    def work():
        try:
            create(models, visitor, wish, ignore)
        except Cancelled as error:
            caught.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert studio.at_stage.wait(10)
    visitor.stop()
    studio.go_on.set()
    thread.join(10)
    assert len(caught) == 1 and visitor.creation is before and visitor.job is None


def test_an_error_leaves_the_previous_avatar(models, visitor, wish, studio):
    create(models, visitor, wish, ignore)
    before = visitor.creation
    studio.error = NoFaceFound("No face was found.")
    with pytest.raises(NoFaceFound):
        create(models, visitor, wish, ignore)
    assert visitor.creation is before and visitor.job is None


def test_without_a_photo_the_visitor_is_asked_for_one(models, visitor, wish):
    with pytest.raises(InvalidRequest, match="Choose a selfie"):
        create(models, visitor, replace(wish, photo=None), ignore)
    with pytest.raises(InvalidRequest, match="choose it again"):
        create(models, visitor, replace(wish, photo="/no/such/file"), ignore)


def test_restyle_follows_the_controls_without_a_new_fit(models, visitor, wish, studio):
    assert not restyle(models, visitor, wish)  # nothing to restyle yet
    create(models, visitor, wish, ignore)
    first = visitor.creation
    assert not restyle(models, visitor, wish) and studio.restyled == 0
    assert restyle(models, visitor, replace(wish, strength=0.9)) and studio.restyled == 1
    assert visitor.creation is not first and visitor.settings.controls.strength == 0.9


def test_restyle_waits_while_an_avatar_is_being_made(models, visitor, wish):
    create(models, visitor, wish, ignore)
    job = visitor.begin()
    assert not restyle(models, visitor, replace(wish, prompt="clay"))
    assert not job.is_set()


def test_waiting_for_the_models_can_be_stopped(visitor, wish):
    loading = threading.Event()
    models = Models(lambda: loading.wait(10))
    models.start()
    stages = []

    def stop_at_once(stage: str, done: float) -> None:
        stages.append(stage)
        visitor.stop()

    with pytest.raises(Cancelled):
        create(models, visitor, wish, stop_at_once)
    assert stages == ["Getting ready"]
    loading.set()


def test_models_that_cannot_be_loaded_say_why(visitor, wish):
    def fail():
        raise MissingWeights("The face parser is missing.")

    models = Models(fail)
    models.start()
    with pytest.raises(MissingWeights, match="face parser"):
        create(models, visitor, wish, ignore)
    assert models.ready and isinstance(models.error, MissingWeights)


def test_one_piece_of_work_at_a_time(models, studio):
    inside, most, lock = 0, 0, threading.Lock()

    def work():
        nonlocal inside, most
        for _ in range(5):
            with models.borrow(threading.Event(), ignore):
                with lock:
                    inside += 1
                    most = max(most, inside)
                with lock:
                    inside -= 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert most == 1
