from app import views
from core.pipeline import Settings
from tests.app.conftest import make_creation


def test_before_the_first_avatar_there_is_a_placeholder(visitor):
    assert "Your avatar will appear here" in views.viewer(visitor)
    assert views.stages(visitor) == views.downloads(visitor) == views.details(visitor) == ""


def test_everything_from_outside_is_escaped(visitor):
    evil = "<img src=x onerror=alert(1)>"
    report = {
        "understood": evil,
        "warnings": [evil],
        "traits": {evil: evil, "colors": {"hair": evil}},
        "engine": evil,
        "seconds": {evil: 1.0},
    }
    visitor.show(make_creation(**report), Settings(prompt=evil))
    page = views.details(visitor) + views.note(evil) + views.finished(visitor)
    assert "<img" not in page and page.count("&lt;img") == 8


def test_the_report_is_shown(visitor):
    seconds = {"face": 0.25, "fit_head": 1.5, "total": 1.75}
    visitor.show(
        make_creation(seconds=seconds, splats=40000, traits={"hat": False, "colors": {"iris": "#a0b1c2"}}), Settings()
    )
    page = views.details(visitor)
    for text in (
        "Finding the face",
        "Fit head",
        "1.50 s",
        "Total",
        "1.75 s",
        "40\u202f000",
        "background:#a0b1c2",
        "<span>hat</span> no",
    ):
        assert text in page


def test_the_choice_of_stylizer_is_explained(visitor):
    creation = make_creation()
    creation.report.update(stylizer="embedded", stylizer_reason="there is no <GPU>")
    visitor.show(creation, Settings())
    assert "embedded (there is no &lt;GPU&gt;)" in views.details(visitor)


def test_a_new_avatar_gets_new_picture_addresses(visitor):
    visitor.show(make_creation(), Settings())
    before = views.stages(visitor)
    visitor.show(make_creation(), Settings())
    assert views.stages(visitor) != before
