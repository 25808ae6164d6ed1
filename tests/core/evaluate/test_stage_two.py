from dataclasses import replace

import numpy as np
import pytest
import torch

from core.character.model import Character
from core.evaluate import stage_two
from core.evaluate.stage_two import STYLES, TEMPLATES, cases, evaluate_stage_two, expression_errors
from core.expressions import SHAPES
from core.nets.lpips import LPIPS
from core.pipeline import Creation, Studio
from tests.conftest import PERSON


@pytest.fixture
def fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of style and two views, so that it is quick."""
    monkeypatch.setattr(stage_two, "STYLES", ("painted",))
    monkeypatch.setattr(stage_two, "_VIEWS", ((90.0, 0.0), (180.0, 10.0)))


def test_cases_are_each_kind_of_picture_on_both_templates(studio: Studio, characters: dict[str, Character]) -> None:
    people = [characters[PERSON]] * 3
    found = list(cases(studio, people))
    assert [(case.style, case.behind) for case in found] == [
        (style, behind) for style in STYLES for behind in TEMPLATES
    ]
    assert found[0].teacher is found[1].teacher and len(found[0].template) != len(found[1].template)
    again = list(cases(studio, people))
    np.testing.assert_array_equal(found[4].picture, again[4].picture)


@pytest.mark.usefixtures("fewer")
def test_who_makes_the_teacher_itself_makes_no_mistake(studio: Studio, characters: dict[str, Character]) -> None:
    torch.manual_seed(0)
    people = [characters[PERSON]]
    teachers = iter([case.teacher for case in cases(studio, people)] * 2)
    first = next(iter(cases(studio, people))).teacher
    calls = iter([first, *teachers])
    makers = {"perfect": lambda template, picture, identity: next(calls), "template": lambda template, *given: template}
    found = evaluate_stage_two(studio, people, makers, LPIPS())
    perfect, template = (found["rows"][name] for name in makers)
    assert set(perfect) == {"full", "weak", "painted/full", "painted/weak"}
    for behind in TEMPLATES:
        assert perfect[behind]["psnr"] == 60 and perfect[behind]["ssim"] == 1 and perfect[behind]["lpips"] == 0
        assert template[behind]["psnr"] < 40 and template[behind]["lpips"] > 0
    assert template["painted/weak"]["psnr"] < template["painted/full"]["psnr"]
    assert max(found["expressions"]["perfect"].values()) < 1e-6 < min(found["expressions"]["still"].values())


def test_an_avatar_that_does_not_move_misses_its_expressions(creation: Creation) -> None:
    avatar = creation.avatar
    right = expression_errors(avatar, avatar)
    assert set(right) == set(SHAPES) and not any(right.values())
    jaw = SHAPES.index("jawOpen")
    offsets = list(avatar.offsets)
    offsets[jaw] = replace(offsets[jaw], delta=0 * offsets[jaw].delta)
    wrong = expression_errors(replace(avatar, offsets=tuple(offsets)), avatar)
    assert wrong["jawOpen"] > 0.05 and wrong["eyeBlinkLeft"] == 0
