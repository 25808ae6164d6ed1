import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from core import pipeline
from core.avatar.model import PARTS
from core.canonical.stage_two import StageTwo
from core.character.edit import edited
from core.character.resemblance import apart_mm
from core.errors import Cancelled, InvalidRequest, MissingWeights, NoFaceFound, UnreadablePhoto, UserFacingError
from core.expressions import SHAPES
from core.face.landmarks import Landmarker
from core.face.parts import FaceParser
from core.gaussians import DC, LOG_SCALE, MEAN, QUAT
from core.nets.gda import GDA, GDAConfig
from core.nets.generator import Generator, GeneratorConfig
from core.pipeline import STAGES, Creation, Settings, Studio, front_picture
from core.rig.expression_code import shape_codes
from core.rig.head import HeadRig
from core.rig.surface import SurfacePattern
from core.stylize.controls import StyleControls
from tests.conftest import CHECKPOINTS, EXAMPLES, PERSON


@pytest.fixture(scope="module")
def photo() -> bytes:
    return EXAMPLES[PERSON].read_bytes()


@pytest.fixture(scope="module")
def golden(studio: Studio, creation: Creation) -> Creation:
    return studio.restyle(creation, Settings(prompt="polished gold"))


def test_a_creation_is_complete(creation: Creation) -> None:
    assert creation.avatar is creation.base, "without a prompt there is one style"
    np.testing.assert_array_equal(creation.primary, creation.styled)
    assert creation.aligned.shape == (512, 512, 3)
    alpha = creation.primary[..., 3]
    assert alpha[0].max() == 0 and alpha[256, 256] == 255, "the background is transparent, the face is not"
    report = creation.report
    names = {
        "engine",
        "engine_reason",
        "stage_two",
        "stylizer",
        "stylizer_reason",
        "splats",
        "traits",
        "warnings",
        "understood",
        "seconds",
    }
    assert set(report) == names
    assert (report["engine"], report["stylizer"], report["understood"]) == ("template", "embedded", "")
    assert report["splats"] == len(creation.avatar)
    assert set(report["seconds"]) == {*STAGES, "total"}
    stages = sum(report["seconds"][stage] for stage in STAGES)
    assert 0.5 * report["seconds"]["total"] < stages < report["seconds"]["total"] + 0.01
    assert report["traits"]["hair"] == "short" and not report["traits"]["glasses"]
    assert all(len(color) == 7 and int(color[1:], 16) >= 0 for color in report["traits"]["colors"].values())
    assert report["warnings"] == []


def test_the_same_photo_gives_the_same_avatar_and_tells_of_every_stage(
    studio: Studio, creation: Creation, photo: bytes
) -> None:
    told: list[tuple[str, float]] = []
    again = studio.create(photo, Settings(), lambda stage, share: told.append((stage, share)))
    np.testing.assert_array_equal(again.base.rest, creation.base.rest)
    np.testing.assert_array_equal(again.base.labels, creation.base.labels)
    for one, other in zip(again.base.offsets, creation.base.offsets, strict=True):
        np.testing.assert_array_equal(one.index, other.index)
        np.testing.assert_array_equal(one.delta, other.delta)
    np.testing.assert_array_equal(again.primary, creation.primary)
    assert [stage for stage, _ in told] == [*STAGES, "done"]
    shares = [share for _, share in told]
    assert shares[0] == 0 and shares[-1] == 1 and shares == sorted(set(shares))


@pytest.mark.parametrize("at", ["decode", "parts", "style"])
def test_the_work_can_be_stopped(studio: Studio, photo: bytes, at: str) -> None:
    told = []

    def progress(stage: str, share: float) -> None:
        told.append(stage)
        if stage == at:
            raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        studio.create(photo, Settings(prompt="marble"), progress)
    assert told == list(STAGES[: STAGES.index(at) + 1])


def test_another_style_keeps_the_person(creation: Creation, golden: Creation) -> None:
    # What a style adds (gold has a stand) comes after the avatar's own splats.
    own = len(creation.base)
    before, after = creation.base.rest, golden.avatar.rest[:own]
    for columns in (MEAN, LOG_SCALE, QUAT):
        np.testing.assert_array_equal(after[:, columns], before[:, columns])
    np.testing.assert_array_equal(golden.avatar.labels[:own], creation.base.labels)
    skin = creation.base.labels == PARTS.index("skin")
    assert np.abs(after[skin, DC] - before[skin, DC]).mean() > 0.1
    for one, other in zip(golden.avatar.offsets, creation.base.offsets, strict=True):
        assert set(other.index) <= set(one.index), "it still moves as it did"
    assert golden.base is creation.base and golden.aligned is creation.aligned
    assert np.abs(golden.styled.astype(int) - golden.primary).mean() > 3
    assert golden.report["understood"] and golden.report["traits"] == creation.report["traits"]
    assert set(golden.report["seconds"]) == {"style", "styled picture", "total"}


def test_a_style_made_at_once_and_later_is_the_same(studio: Studio, golden: Creation, photo: bytes) -> None:
    at_once = studio.create(photo, Settings(prompt="polished gold"))
    np.testing.assert_array_equal(at_once.avatar.rest, golden.avatar.rest)
    np.testing.assert_array_equal(at_once.styled, golden.styled)


def test_styles_do_not_pile_up(studio: Studio, creation: Creation, golden: Creation) -> None:
    plain = studio.restyle(golden, Settings())
    assert plain.avatar is creation.base and plain.report["understood"] == ""
    own = len(creation.base)
    weaker = studio.restyle(golden, Settings(prompt="polished gold", controls=StyleControls(0.1, 0.5, 0.5)))
    change = [np.abs(c.avatar.rest[:own, DC] - creation.base.rest[:, DC]).mean() for c in (weaker, golden)]
    assert 0 < change[0] < change[1]


def test_restyling_tells_and_stops_too(studio: Studio, creation: Creation) -> None:
    told = []
    studio.restyle(creation, Settings(prompt="clay"), lambda stage, share: told.append((stage, share)))
    assert told == [("style", 0.0), ("styled picture", 0.5), ("done", 1.0)]

    def stop(stage: str, share: float) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        studio.restyle(creation, Settings(prompt="clay"), stop)


def test_an_edit_builds_anew_and_keeps_what_comes_from_the_photo(studio: Studio, creation: Creation) -> None:
    character = edited(creation.character, {"glasses": "round", "hair-color": "pink"}, creation.measured)
    told = []
    changed = studio.edit(creation, character, Settings(), lambda stage, share: told.append(stage))
    assert told == ["avatar", "adapt", "picture", "style", "styled picture", "done"]
    assert changed.character is character and changed.measured is creation.measured
    assert changed.aligned is creation.aligned and changed.avatar is changed.base
    assert changed.report["splats"] == len(changed.avatar) > len(creation.avatar)
    assert (
        changed.report["traits"]["glasses"]
        and changed.report["traits"]["fit_mm"] == creation.report["traits"]["fit_mm"]
    )
    assert np.abs(changed.primary.astype(int) - creation.primary).mean() > 1
    back = studio.edit(changed, creation.measured, Settings())
    np.testing.assert_array_equal(back.avatar.rest, creation.avatar.rest)


def test_an_edit_keeps_the_second_style(studio: Studio, creation: Creation, golden: Creation) -> None:
    character = edited(creation.character, {"beard": "full"})
    changed = studio.edit(golden, character, Settings(prompt="polished gold"))
    assert changed.avatar is not changed.base and "gold" in changed.report["understood"].lower()


def test_unknown_choices_are_refused_before_any_work(studio: Studio, creation: Creation, photo: bytes) -> None:
    def never(stage: str, share: float) -> None:
        raise AssertionError(stage)

    with pytest.raises(InvalidRequest, match="no engine 'magic'; choose auto, template or learned"):
        studio.create(photo, Settings(engine="magic"), never)
    for work, what in ((studio.create, photo), (studio.restyle, creation)):
        with pytest.raises(InvalidRequest, match="no stylizer 'paint'; choose auto, embedded or diffusion"):
            work(what, Settings(stylizer="paint"), never)
    assert (pipeline.pick_engine("template")[0], pipeline.pick_stylizer("embedded")[0]) == ("template", "embedded")


def test_the_learned_engine_needs_its_network(
    rig: HeadRig, pattern: SurfacePattern, landmarker: Landmarker, parser: FaceParser, photo: bytes
) -> None:
    with pytest.raises(MissingWeights, match=r"gda\.safetensors"):
        Studio(rig, pattern, landmarker, parser).create(photo, Settings(engine="learned"))


def test_an_untrained_network_gives_the_template_and_outlives_edits(
    rig: HeadRig, pattern: SurfacePattern, landmarker: Landmarker, parser: FaceParser, creation: Creation, photo: bytes
) -> None:
    network = GDA(GDAConfig(channels=(8, 8, 8, 16, 16))).eval()
    studio = Studio(rig, pattern, landmarker, parser, network=network)
    learned = studio.create(photo, Settings(engine="learned"))
    assert (learned.report["engine"], learned.report["engine_reason"]) == ("learned", "it was asked for")
    assert learned.adapted is not None and creation.adapted is None
    assert len(learned.base) == len(creation.base)
    assert np.abs(learned.primary.astype(int) - creation.primary).max() <= 3
    bobbed = studio.edit(learned, edited(learned.character, {"hair": "bob"}), Settings())
    assert bobbed.report["engine"] == "learned"
    assert len(bobbed.base) != len(learned.base)


def test_stage_two_makes_the_learned_engine_s_avatars_and_outlives_edits(
    rig: HeadRig, pattern: SurfacePattern, landmarker: Landmarker, parser: FaceParser, creation: Creation, photo: bytes
) -> None:
    config = GeneratorConfig(size=64, channels=(8, 8, 16, 16, 16))
    stage_two = StageTwo(Generator(config).eval(), shape_codes(rig))
    studio = Studio(rig, pattern, landmarker, parser, stage_two=stage_two)
    learned = studio.create(photo, Settings(engine="learned"))
    assert (learned.report["stage_two"], creation.report["stage_two"]) == ("generator", "template")
    assert learned.adapted is None, "there is no GDA"
    assert np.abs(learned.primary.astype(int) - creation.primary).mean() < 2
    bobbed = studio.edit(learned, edited(learned.character, {"hair": "bob"}), Settings(prompt="gold"))
    assert np.abs(bobbed.primary.astype(int) - learned.primary).mean() > 1
    assert bobbed.report["stage_two"] == "generator"


def test_what_is_no_portrait_is_refused(studio: Studio) -> None:
    plain = io.BytesIO()
    Image.new("RGB", (300, 300), (120, 140, 160)).save(plain, "PNG")
    with pytest.raises(NoFaceFound):
        studio.create(plain.getvalue(), Settings())
    with pytest.raises(UnreadablePhoto):
        studio.create(b"no picture", Settings())


def variant(photo: bytes, *, brighter: float = 1.0, mirrored: bool = False) -> bytes:
    """Another photo of the same person, more or less."""
    image = Image.open(io.BytesIO(photo)).convert("RGB").point(lambda value: min(255, int(value * brighter)))
    file = io.BytesIO()
    (image.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else image).save(file, "PNG")
    return file.getvalue()


def test_several_photos_of_a_person_give_one_avatar(studio: Studio, creation: Creation, photo: bytes) -> None:
    told = []
    photos = [variant(photo, brighter=0.9, mirrored=True), photo, variant(photo, brighter=1.05)]
    several = studio.create(photos, Settings(), lambda stage, share: told.append(stage))
    assert told == [*STAGES, "done"], "each stage once, for all photos"
    assert set(several.report) == set(creation.report) and several.report["warnings"] == []
    assert several.aligned.shape == (512, 512, 3)
    assert apart_mm(studio.rig, several.character.identity, creation.character.identity) < 1.2
    np.testing.assert_allclose(several.character.palette.skin, creation.character.palette.skin, atol=0.05)
    assert several.report["traits"]["hair"] == creation.report["traits"]["hair"]
    one = studio.create([photo], Settings())
    np.testing.assert_array_equal(one.base.rest, creation.base.rest)


def test_the_photo_that_cannot_be_used_is_named(studio: Studio, photo: bytes) -> None:
    plain = io.BytesIO()
    Image.new("RGB", (300, 300), (120, 140, 160)).save(plain, "PNG")
    with pytest.raises(NoFaceFound, match=r"^Photo 2 of 3: No face was found; "):
        studio.create([photo, plain.getvalue(), photo], Settings())
    with pytest.raises(UnreadablePhoto, match=r"^Photo 1 of 2: "):
        studio.create([b"no picture", photo], Settings())
    with pytest.raises(InvalidRequest, match="at least one photo"):
        studio.create([], Settings())


def test_a_turned_face_is_warned_of(studio: Studio, creation: Creation, monkeypatch: pytest.MonkeyPatch) -> None:
    read = pipeline.read_character

    def turned(*arguments: object) -> object:
        reading = read(*arguments)
        sideways = np.float32([[0.8, 0, 0.6], [0, 1, 0], [-0.6, 0, 0.8]])
        return replace(reading, fit=replace(reading.fit, rotation=sideways, residual_mm=9.0))

    monkeypatch.setattr(pipeline, "read_character", turned)
    warnings = studio.create(EXAMPLES[PERSON].read_bytes(), Settings()).report["warnings"]
    assert len(warnings) == 2 and "turned far to one side" in warnings[0] and "measured well" in warnings[1]


def test_a_studio_loads_what_it_needs(creation: Creation) -> None:
    loaded = Studio.load(CHECKPOINTS)
    assert len(loaded.landmarker.detect(creation.aligned)) == 1


def test_the_front_picture_is_of_the_rest_pose(creation: Creation) -> None:
    bare = replace(creation.base, offsets=tuple(replace(o, delta=0 * o.delta) for o in creation.base.offsets))
    np.testing.assert_array_equal(front_picture(bare), creation.primary)
    assert len(creation.base.offsets) == len(SHAPES)


def test_a_picture_can_be_the_style(studio: Studio, creation: Creation) -> None:
    photo = EXAMPLES["blue_hair"].read_bytes()
    styled = studio.restyle(creation, Settings(reference=photo, controls=StyleControls(1.0, 0.5, 0.5)))
    assert styled.report["understood"] == "Colours and texture are the picture's."
    assert styled.report["stylizer"] == "embedded"
    assert not np.array_equal(styled.styled, creation.primary)
    same = studio.restyle(creation, Settings(reference=photo, controls=StyleControls(0.0, 0.5, 0.5)))
    assert same.avatar is creation.base
    with pytest.raises(UserFacingError, match="not a picture"):
        studio.restyle(creation, Settings(reference=b"no picture"))
