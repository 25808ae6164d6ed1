import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.editor import style_state
from app.loading import Models
from app.making import Wish, back_to_photo, create, edit, forget, is_same_photo, pose, redo, restore, restyle, undo
from core.errors import Cancelled, InvalidRequest, MissingWeights, NoFaceFound


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
    stages = [stage for stage, _ in told if stage != "Getting ready"]
    assert stages == ["start", "Finding the face", "Building the avatar"]
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


def test_a_tile_is_a_step_of_its_own_and_a_dragged_slider_is_not(models, visitor, wish):
    create(models, visitor, wish, ignore)
    for strength in (0.6, 0.7, 0.8):
        restyle(models, visitor, replace(wish, strength=strength))
    for prompt in ("clay", "gold"):
        restyle(models, visitor, replace(wish, prompt=prompt), step=True)
    seen = []
    while undo(models, visitor):
        seen.append((visitor.settings.prompt, visitor.settings.controls.strength))
    assert seen == [("clay", 0.5), ("elf", 0.8), ("elf", 0.5)]


def test_a_style_picture_is_part_of_the_style(models, visitor, wish, tmp_path):
    picture = tmp_path / "waves.png"
    picture.write_bytes(b"a picture")
    create(models, visitor, wish, ignore)
    assert restyle(models, visitor, replace(wish, reference=str(picture)))
    assert visitor.settings.reference == b"a picture"
    assert not restyle(models, visitor, replace(wish, reference=str(picture)))
    *_, shown = style_state(visitor)
    assert Path(shown).read_bytes() == b"a picture", "the very file comes back, so that showing it changes nothing"
    assert undo(models, visitor) and style_state(visitor)[-1] is None
    with pytest.raises(InvalidRequest, match="choose it again"):
        restyle(models, visitor, replace(wish, reference="/no/such/file"))


def test_the_choice_of_stylizer_restyles_but_diffusion_waits_for_generate(models, visitor, wish):
    create(models, visitor, wish, ignore)
    assert restyle(models, visitor, replace(wish, stylizer="embedded")) and visitor.settings.stylizer == "embedded"
    assert not restyle(models, visitor, replace(wish, stylizer="diffusion"))
    create(models, visitor, replace(wish, stylizer="diffusion"), ignore)
    assert visitor.settings.stylizer == "diffusion"


def test_restyle_waits_while_an_avatar_is_being_made(models, visitor, wish):
    create(models, visitor, wish, ignore)
    job = visitor.begin()
    assert not restyle(models, visitor, replace(wish, prompt="clay"))
    assert not job.is_set()


def test_an_edit_changes_the_character_and_keeps_the_style(models, visitor, wish, studio):
    assert not edit(models, visitor, {"eyes": "green"})  # nothing to edit yet
    create(models, visitor, wish, ignore)
    first = visitor.creation
    assert edit(models, visitor, {"freckles": 0.5}) and studio.edited == 1
    assert visitor.creation.character.marks.freckles == 0.5 and visitor.creation.measured is first.measured
    assert visitor.settings.prompt == "elf"
    assert not edit(models, visitor, {"freckles": 0.5}) and studio.edited == 1


def test_a_bad_edit_leaves_the_avatar(models, visitor, wish):
    create(models, visitor, wish, ignore)
    before = visitor.creation
    with pytest.raises(InvalidRequest, match="no hair 'mullet'"):
        edit(models, visitor, {"hair": "mullet"})
    assert visitor.creation is before and not visitor.history.can_undo


def test_undo_and_redo_go_over_edits_and_styles_alike(models, visitor, wish):
    create(models, visitor, wish, ignore)
    measured = visitor.creation.measured
    edit(models, visitor, {"freckles": 0.5})
    restyle(models, visitor, replace(wish, prompt="clay"))
    edit(models, visitor, {"age": 0.5})
    states = [("elf", 0.0, 0.0), ("elf", 0.5, 0.0), ("clay", 0.5, 0.0), ("clay", 0.5, 0.5)]

    def state():
        marks = visitor.creation.character.marks
        return visitor.settings.prompt, marks.freckles, marks.age

    for expected in states[-2::-1]:
        assert undo(models, visitor) and state() == expected
    assert visitor.creation.character is measured and not undo(models, visitor)
    for expected in states[1:]:
        assert redo(models, visitor) and state() == expected
    assert not redo(models, visitor)


def test_back_to_the_photo_takes_all_edits_back_and_can_be_undone(models, visitor, wish):
    create(models, visitor, wish, ignore)
    edit(models, visitor, {"freckles": 0.5, "eyes": "green"})
    assert back_to_photo(models, visitor) and visitor.creation.character is visitor.creation.measured
    assert not back_to_photo(models, visitor)
    assert undo(models, visitor) and visitor.creation.character.marks.freckles == 0.5


def test_an_expression_is_a_step_for_undo_that_builds_nothing(models, visitor, wish, studio):
    create(models, visitor, wish, ignore)
    edit(models, visitor, {"freckles": 0.5})
    built = studio.edited
    smile = [0.0] * 12 + [0.9, 0.9, 0.0, 0.0]
    pose(visitor, smile)
    np.testing.assert_allclose(visitor.weights, smile)
    assert undo(models, visitor) and visitor.weights.max() == 0 and visitor.creation.character.marks.freckles == 0.5
    assert studio.edited == built and studio.restyled == 0
    assert redo(models, visitor) and visitor.weights.max() == np.float32(0.9)
    with pytest.raises(InvalidRequest, match="16 weights"):
        pose(visitor, [0.5])


def test_an_expression_that_shows_already_becomes_a_step_and_moves_nothing(models, visitor, wish):
    create(models, visitor, wish, ignore)
    pose(visitor, [0.5] + [0.0] * 15, shown=True)
    assert visitor.weights.max() == 0
    assert visitor.history.present.weights[0] == 0.5


def test_every_result_is_kept_and_comes_back_whole(models, visitor, wish, tmp_path):
    create(models, visitor, wish, ignore)
    edit(models, visitor, {"freckles": 0.5})
    restyle(models, visitor, replace(wish, prompt="clay", seed=7), step=True)
    other = tmp_path / "other.jpg"
    other.write_bytes(b"another photo")
    create(models, visitor, replace(wish, photo=str(other)), ignore)
    told = visitor.results.described()
    assert [(result["prompt"], result["seed"], result["edited"]) for result in told] == [
        ("elf", 0, False),
        ("clay", 7, True),
        ("elf", 0, True),
        ("elf", 0, False),
    ]
    assert restore(models, visitor, told[1]["name"])
    assert (visitor.settings.prompt, visitor.settings.seed) == ("clay", 7)
    assert visitor.creation.character.marks.freckles == 0.5 and is_same_photo(visitor, wish)
    assert visitor.origin.photo.read_bytes() == b"a photo", "the photo itself is kept, too"
    assert undo(models, visitor) and visitor.settings.prompt == "elf"
    assert not restore(models, visitor, "no such result")


def test_a_dragged_slider_leaves_one_result_and_results_can_be_dropped(models, visitor, wish):
    create(models, visitor, wish, ignore)
    for strength in (0.6, 0.7, 0.8):
        restyle(models, visitor, replace(wish, strength=strength))
    last, first = visitor.results.described()
    assert (first["sliders"][0], last["sliders"][0]) == (0.5, 0.8)
    forget(visitor, first["name"])
    assert visitor.results.described() == [last]
    forget(visitor, None)
    assert visitor.results.described() == [] and visitor.creation is not None
    assert undo(models, visitor), "undo does not need them"


def test_undo_returns_to_the_avatar_of_the_photo_before(models, visitor, wish, tmp_path):
    create(models, visitor, wish, ignore)
    first = visitor.creation
    other = tmp_path / "other.jpg"
    other.write_bytes(b"another photo")
    create(models, visitor, replace(wish, photo=str(other)), ignore)
    assert visitor.creation.measured is not first.measured and is_same_photo(visitor, replace(wish, photo=str(other)))
    assert undo(models, visitor)
    assert visitor.creation.measured is first.measured and visitor.creation.aligned is first.aligned
    assert is_same_photo(visitor, wish)


def test_edits_wait_their_turn_and_none_is_lost(models, visitor, wish):
    create(models, visitor, wish, ignore)
    changes = [{"freckles": 0.5}, {"age": 0.5}, {"bust": False}, {"beard": "full"}]
    threads = [threading.Thread(target=edit, args=[models, visitor, change]) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    character = visitor.creation.character
    assert (character.marks.freckles, character.marks.age, character.bust, character.beard.jaw) == (0.5, 0.5, False, 1)


def test_nothing_is_edited_while_an_avatar_is_being_made(models, visitor, wish):
    create(models, visitor, wish, ignore)
    job = visitor.begin()
    assert not edit(models, visitor, {"freckles": 0.5}) and not undo(models, visitor)
    assert not job.is_set()


def test_waiting_for_the_models_can_be_stopped(visitor, wish):
    loading = threading.Event()
    models = Models(lambda: loading.wait(10))
    models.start()
    stages = []

    def stop_at_once(stage: str, done: float) -> None:
        stages.append(stage)
        if stage != "start":
            visitor.stop()

    with pytest.raises(Cancelled):
        create(models, visitor, wish, stop_at_once)
    assert stages == ["start", "Getting ready"]
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
