import numpy as np
import pytest

from core.avatar.model import PARTS
from core.stylize.structure import keep_identity, keep_structure
from core.stylize.surface import Surface, detail_of, read_surface
from tests.core.stylize.heads import head

SURFACE = read_surface(head())
NOTHING = np.zeros(len(SURFACE.labels), bool)


def striped() -> np.ndarray:
    """A style whose marks have nothing to do with the head's own."""
    lab = np.tile(np.float32((0.6, 0.05, 0.08)), (len(SURFACE.labels), 1))
    lab[:, 0] += 0.1 * np.sign(np.sin(2.5 * SURFACE.means[:, 1])) + SURFACE.detail
    return lab


def agreement(lab: np.ndarray, surface: Surface = SURFACE) -> float:
    return float(np.corrcoef(detail_of(surface, lab[:, 0]), surface.detail)[0, 1])


def test_the_middle_of_both_sliders_changes_nothing():
    lab = striped()
    assert keep_structure(lab, SURFACE, 0.5, NOTHING) is lab
    assert keep_identity(lab, SURFACE, 0.5, ()) is lab


def test_edges_trade_the_styles_marks_for_the_avatars():
    agree = [agreement(keep_structure(striped(), SURFACE, edges, NOTHING)) for edges in (0.0, 0.25, 0.5, 0.75, 1.0)]
    assert (np.diff(agree) > 0).all() and agree[0] < 0.3 and agree[-1] > 0.9


def test_edges_leave_hues_and_what_is_spared():
    lab = striped()
    spared = SURFACE.labels == PARTS.index("iris")
    for edges in (0.0, 1.0):
        result = keep_structure(lab, SURFACE, edges, spared)
        assert np.array_equal(result[:, 1:], lab[:, 1:]) and np.array_equal(result[spared], lab[spared])
        assert not np.array_equal(result[~spared], lab[~spared])


def test_identity_brings_tones_back_and_takes_them_away():
    lab, hair = striped(), SURFACE.labels == PARTS.index("hair")
    own = SURFACE.lab[hair].mean(0)
    away = [
        np.linalg.norm(keep_identity(lab, SURFACE, identity, ())[hair].mean(0) - own)
        for identity in (0.0, 0.25, 0.5, 0.75, 1.0)
    ]
    assert (np.diff(away) < 0).all() and away[-1] < 0.5 * away[2]


@pytest.mark.parametrize("identity", [0.0, 1.0])
def test_identity_leaves_colours_that_were_asked_for(identity: float):
    lab, hair = striped(), SURFACE.labels == PARTS.index("hair")
    assert np.array_equal(keep_identity(lab, SURFACE, identity, ("hair",))[hair], lab[hair])
